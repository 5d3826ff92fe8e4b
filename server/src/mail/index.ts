/**
 * Mail as values: messages, addresses, folders and flags. Recognizes, composes, quotes and safely displays messages.
 * Everything here is pure: no network, no tables. Every room that handles mail imports this one.
 */
export type {
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
export { DEFECTS, QUARANTINE_REASONS } from './marks.ts'
export type {
  AuthenticationMark,
  AutomaticMark,
  Defect,
  DeliveryReport,
  Invitation,
  Marks,
  ProtectionMark,
  QuarantineMark,
  QuarantineReason,
  ReadReceipt,
} from './marks.ts'
export { createSwitchKey, IMAP_PREFIX, isOfOtherProtocol, PART_NUMBER, REMOVED_PREFIX } from './protocol-switch.ts'
export { quoteForForward, quoteForReply, recipientsOfReply } from './answer.ts'
export type { AnsweredMessage, Quotation } from './answer.ts'
export { isLanguage, isTimeZone, type QuotationStyle } from './quotation-lines.ts'
export { isAddress, isSameAddress, type Address } from './address.ts'
export { AUTH_SERV_ID, commonAuthServId } from './auth-serv-id.ts'
export { readAuthentication } from './authentication.ts'
export { isMisleading, SENDER_WARNINGS, findSenderWarnings, senderName } from './sender-warnings.ts'
export type { SenderWarning } from './sender-warnings.ts'
export { findAutomaticMark } from './automatic.ts'
export { composeMime, isCustomHeaderName, isCustomHeaderValue, withoutBcc } from './compose-mime.ts'
export { cleanAddress, cleanFileName, cleanLine } from './clean-names.ts'
export { displayHtml } from './display-html.ts'
export { messageText, type MessageText } from './message-text.ts'
export { resolveImages, VIEW_VERSION, viewMessage } from './message-view.ts'
export type { MessageView, ViewImage } from './message-view.ts'
export type { MisleadingLink } from './misleading-links.ts'
export type { DisplayHtml, DisplayOptions } from './display-html.ts'
export { prepareOutgoing, type OutgoingHtml } from './outgoing-html.ts'
export { packSource, packSourceHere, unpackSource } from './packed-source.ts'
export { createExcerpt, hasMarked, type MarkedWords } from './excerpt.ts'
export { textWithoutQuotes } from './fold-quotes.ts'
export { bodyText, rememberText, escapeHtml, htmlToText, createPreview, textToHtml } from './html-text.ts'
export { answerTo, formatMessageIds, isMessageId, newMessageId, parseMessageIds } from './message-ids.ts'
export { createMessageKey } from './message-key.ts'
export { forwardSubject, normalizeSubject, replySubject } from './subject.ts'
export { readTrace } from './trace.ts'
