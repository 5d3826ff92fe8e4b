/**
 * Conversations: messages that belong together, with assignee, status, notes and drafts, and the one place where a
 * message from a server becomes a row of ours. Owns `conversations`, `conversation_message_ids`, `messages`,
 * `message_locations`, `message_sources`, `message_versions`, `message_views`, `attachments`, `notes`, `drafts`,
 * `draft_attachments` and `conversation_viewers`. `sync` and `submission` file into it; `http` shows it.
 */
export { createConversations } from './conversations.ts'
export type { Viewer, ViewerActivity, Viewers, ViewersChange } from './team/viewers.ts'
export { storable } from './stored/storable.ts'
export { type SlotTraffic, type Traffic, trafficOf } from './reading/mail-traffic.ts'
export type { Bounce } from './reading/bounces.ts'
export type { ReadAgain } from './quarantine/read-again.ts'
export type {
  ConversationList,
  Conversations,
  ConversationView,
  FiledMessage,
  FilingAccount,
  ReceivedMail,
  ReceivedMailHook,
  ListInput,
  SentMailHook,
} from './conversations.ts'
export type {
  AnswerKind,
  Conversation,
  Draft,
  DraftAttachment,
  DraftContent,
  MessageHead,
  MessageVersion,
  Note,
  Presence,
  StoredAttachment,
  StoredMessage,
} from './stored/conversation.ts'
