/**
 * Mail store: the mailboxes of Exchange Online. Stores folders, messages, attachments and the log of all changes. Graph
 * and IMAP are views of it and store no mail themselves.
 *
 * Tables: folders, messages, message_contents, message_mimes, attachments, attachment_contents, folder_uids,
 * message_uids, mail_changes.
 */
export * from './mail-objects.ts'
export type { Condition, MessageColumn, TextColumn } from './condition.ts'
export { createMailStore, type MailStore, type MailStoreDependencies } from './mail-store.ts'
export { MailStoreError, type MailStoreRefusal } from './mail-store-error.ts'
export { type MessageOrder, type MessageQuery, toPosition } from './message-query.ts'
export { type BulkOptions, seedBulk } from './seed-bulk.ts'
export { seedMail } from './seed-mail.ts'
export type { AppendOptions, Sent } from './message-writer.ts'
export { type ImapEntry, type ImapMarks, LARGEST_UID, type UidState } from './uids.ts'
