/**
 * Mail as it is written and read: messages, addresses, folders, flags; how a message is recognized, shown safely,
 * answered and composed. Everything here is pure: no network, no tables. Every room that meets mail comes in.
 */
export type {
  Address,
  Flag,
  FolderRole,
  MessageBody,
  MessageContent,
  OutgoingAttachment,
  OutgoingMessage,
  RemoteAttachment,
  RemoteFolder,
  RemoteMessage,
  SparseMessage,
} from './message.ts'
