import type { ColumnType, Generated } from 'kysely'
import type {
  AttachmentId,
  ConversationId,
  DraftAttachmentId,
  DraftId,
  EmailAccountId,
  FolderId,
  NoteId,
  SavedViewId,
  MessageVersionId,
  StoredMessageId,
  TagId,
} from '../../kernel/ids.ts'
import type { Json, OptionalJson } from './columns.ts'

export interface ConversationsTable {
  id: ConversationId
  email_account_id: EmailAccountId
  subject: string
  status: 'open' | 'waiting' | 'snoozed' | 'closed'
  assignee_id: string | null
  participants: Json
  preview: string
  unread: boolean
  message_count: number
  last_message_at: Date
  tag_ids: Generated<TagId[]>
  has_files: Generated<boolean>
  last_message_id: ColumnType<StoredMessageId | null, StoredMessageId | null | undefined, StoredMessageId | null>
  last_direction: Generated<'in' | 'out'>
  created_at: Date
  merged_into: ColumnType<ConversationId | null, ConversationId | null | undefined, ConversationId | null>
  needs_reply: Generated<boolean>
  news_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  snoozed_until: ColumnType<Date | null, Date | null | undefined, Date | null>
  woken_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  /** The later one of `last_message_at` and `woken_at`. */
  listed_at: ColumnType<Date, never, never>
  place: Generated<'inbox' | 'spam' | 'deleted'>
  /** `junk`, `trash`, or the id of a change of place by an answer. Each other change of place sets null. */
  placed_by: ColumnType<string | null, string | null | undefined, string | null>
  last_sent_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  /** `status` in the inbox, `place` outside of it. */
  listed_as: ColumnType<string, never, never>
  moved_from: Generated<EmailAccountId[]>
  /** Id of the answer that set the status; a trigger sets null when the status changes otherwise. */
  status_by: ColumnType<string | null, string | null | undefined, string | null>
  /** Like `status_by`, for the assignee. */
  assigned_by: ColumnType<string | null, string | null | undefined, string | null>
  hold_reason: ColumnType<string | null, string | null | undefined, string | null>
  held_by: ColumnType<string | null, string | null | undefined, string | null>
  held_at: ColumnType<Date | null, Date | null | undefined, Date | null>
}

export interface ConversationClosingsTable {
  email_account_id: EmailAccountId
  closes_before: Date
  actor: string
  started_at: Date
  closed: number
  finished_at: Date | null
  undone_by: string | null
  reopened: Generated<number>
  undone_at: Date | null
}

export interface ClosedConversationsTable {
  conversation_id: ConversationId
  email_account_id: EmailAccountId
  written_by: string
  former: unknown
}

export interface ConversationReadsTable {
  conversation_id: ConversationId
  person_id: string
  read_at: Date
  is_unread: Generated<boolean>
}

export interface ConversationMentionsTable {
  person_id: string
  conversation_id: ConversationId
  mentioned_at: Date
  is_unread: Generated<boolean>
}

export interface ConversationFollowersTable {
  conversation_id: ConversationId
  person_id: string
  is_following: Generated<boolean>
  followed_by: string | null
}

export interface ConversationMessageIdsTable {
  email_account_id: EmailAccountId
  message_id: string
  conversation_id: ConversationId
  ours: Generated<boolean>
}

export interface MessagesTable {
  id: StoredMessageId
  email_account_id: EmailAccountId
  conversation_id: ConversationId
  message_key: Buffer
  remote_id: string
  presence: 'present' | 'unconfirmed' | 'elsewhere' | 'gone'
  discarded_to: ColumnType<'junk' | 'trash' | null, 'junk' | 'trash' | null | undefined, 'junk' | 'trash' | null>
  message_id: string | null
  direction: 'in' | 'out'
  subject: string
  from_address: OptionalJson
  sender_address: OptionalJson
  to_addresses: Json
  cc_addresses: Json
  bcc_addresses: Json
  reply_to_addresses: Json
  in_reply_to: string[]
  reference_ids: string[]
  remote_conversation_id: string | null
  sent_at: Date | null
  received_at: Date
  flags: string[]
  unread: boolean
  preview: string
  body_type: 'text' | 'html'
  body: string
  has_attachments: boolean
  attachments_known: Generated<boolean>
  imported: boolean
  created_at: Date
  marks: ColumnType<unknown, string | undefined, string>
  is_automatic: Generated<boolean>
  reports_on: ColumnType<string | null, string | null | undefined, string | null>
  split_proposed: Generated<boolean>
  content_replaced_at: ColumnType<Date | null, Date | null | undefined, Date | null>
}

export interface SearchQueueTable {
  message_id: StoredMessageId
  email_account_id: EmailAccountId
  received_at: Date
  /** `tsvector` */
  fields: Generated<string>
  text: string
  queued_at: Date
}

/** Partitioned by month of `received_at`. */
export interface SearchEntriesTable {
  message_id: StoredMessageId
  email_account_id: EmailAccountId
  received_at: Date
  /** `tsvector`: written with `to_tsvector(…)`, queried with `@@`. The returned text form is never used. */
  search: string
}

export interface MessageSourcesTable {
  message_id: StoredMessageId
  encoding: 'zstd'
  size_bytes: number
  content: Buffer
}

export interface MessageVersionsTable {
  id: MessageVersionId
  message_id: StoredMessageId
  replaced_at: Date
  preview: string
  body_type: 'text' | 'html'
  body: string
  has_attachments: boolean
  attachments: OptionalJson
  source: Buffer | null
}

export interface MessageViewsTable {
  message_id: StoredMessageId
  version: number
  view: OptionalJson
  html: string | null
  created_at: Date
}

export interface MessageLocationsTable {
  folder_id: FolderId
  remote_id: string
  message_id: StoredMessageId
  round: number
}

export interface AttachmentsTable {
  id: AttachmentId
  message_id: StoredMessageId
  remote_id: string
  name: string
  content_type: string
  size_bytes: number
  content_id: string | null
  is_inline: boolean
  kind: 'file' | 'item' | 'link'
}

export interface NotesTable {
  id: NoteId
  conversation_id: ConversationId
  author_id: string
  body: string
  mentions: Generated<string[]>
  created_at: Date
}

export interface CorrespondentsTable {
  email_account_id: EmailAccountId
  address: string
  name: string
  words: string
  is_recipient: boolean
  last_at: Date
}

export interface CustomerNotesTable {
  address: string
  body: string
  version: number
  author_id: string
  updated_at: Date
}

export interface SavedViewsTable {
  id: SavedViewId
  owner_id: string
  name: string
  query: string
  view: string
  is_shared: boolean
  created_at: Date
}

export interface DraftsTable {
  id: DraftId
  email_account_id: EmailAccountId
  conversation_id: ConversationId | null
  author_id: string
  content: Json
  version: number
  updated_at: Date
  discarded_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  announced_at: ColumnType<Date | null, Date | null | undefined, Date | null>
}

export interface DraftAttachmentsTable {
  id: DraftAttachmentId
  draft_id: DraftId
  name: string
  content_type: string
  content_id: string | null
  is_inline: boolean
  size_bytes: number
  content: Buffer
}

/** Unlogged: empty after a crash of PostgreSQL. */
export interface ConversationViewersTable {
  conversation_id: ConversationId
  viewer: string
  activity: 'viewing' | 'writing'
  since: Date
  expires_at: Date
}

export interface TagsTable {
  id: TagId
  name: string
  color: string
  created_at: Date
  deleted_at: ColumnType<Date | null, Date | null | undefined, Date | null>
}

/** An index over `conversations.tag_ids`, written by triggers. */
export interface ConversationTagsTable {
  conversation_id: ColumnType<ConversationId, never, never>
  tag_id: ColumnType<TagId, never, never>
  email_account_id: ColumnType<EmailAccountId, never, never>
  listed_as: ColumnType<string, never, never>
  listed_at: ColumnType<Date, never, never>
}
