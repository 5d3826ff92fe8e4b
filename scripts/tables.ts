import type { Schema } from '../server/src/database/index.ts'
import type { TableAccess } from './table-uses.ts'

export type TableName = keyof Schema

/** The room that owns each table. Only this room reads and writes it; other rooms call its functions. */
export const OWNERS: Readonly<Record<TableName, string>> = {
  servers: 'servers',
  encryption_keys: 'cloud-providers',
  events: 'events',
  audit_entries: 'audit',
  cloud_providers: 'cloud-providers',
  provider_credentials: 'cloud-providers',
  work_orders: 'cloud-providers',
  grants: 'tokens',
  access_tokens: 'tokens',
  application_tokens: 'tokens',
  authorizations: 'tokens',
  sign_in_links: 'tokens',
  principal_wishes: 'tokens',
  device_code_allowances: 'tokens',
  device_sign_ins: 'tokens',
  users: 'people',
  sessions: 'people',
  sign_in_methods: 'people',
  verifications: 'people',
  memberships: 'people',
  person_links: 'people',
  api_keys: 'people',
  email_accounts: 'email-accounts',
  folders: 'email-accounts',
  identities: 'email-accounts',
  mail_passwords: 'email-accounts',
  proofs_of_life: 'email-accounts',
  conversations: 'conversations',
  messages: 'conversations',
  search_queue: 'conversations',
  search_entries: 'conversations',
  message_locations: 'conversations',
  message_sources: 'conversations',
  message_versions: 'conversations',
  message_views: 'conversations',
  attachments: 'conversations',
  notes: 'conversations',
  saved_views: 'conversations',
  customer_notes: 'conversations',
  conversation_message_ids: 'conversations',
  conversation_reads: 'conversations',
  conversation_mentions: 'conversations',
  conversation_followers: 'conversations',
  conversation_viewers: 'conversations',
  conversation_closings: 'conversations',
  closed_conversations: 'conversations',
  correspondents: 'conversations',
  tags: 'conversations',
  conversation_tags: 'conversations',
  drafts: 'conversations',
  draft_attachments: 'conversations',
  submissions: 'submission',
  submission_attachments: 'submission',
  sending_states: 'submission',
  sending_lanes: 'submission',
  held_submissions: 'submission',
  database_epochs: 'epoch',
  database_restores: 'epoch',
  agent_signatures: 'writing',
  canned_responses: 'writing',
  canned_response_attachments: 'writing',
  account_sync_states: 'sync',
  folder_sync_states: 'sync',
  unfiled_messages: 'sync',
  graph_subscriptions: 'sync',
  incidents: 'incidents',
  installation_troubles: 'incidents',
  incident_email_accounts: 'incidents',
  incident_entries: 'incidents',
  alerts: 'alerts',
  alert_webhooks: 'alerts',
  alert_deliveries: 'alerts',
  alert_relay: 'alerts',
  notifications: 'notifications',
  notification_choices: 'notifications',
  notification_settings: 'notifications',
  notification_position: 'notifications',
  account_actions: 'account-actions',
  account_action_settings: 'account-actions',
  account_action_position: 'account-actions',
}

/** Tables that a room uses although another room owns them. */
export interface TableException {
  /** `.` means the files directly in `server/src`. */
  room: string
  tables: readonly TableName[]
  access: TableAccess
  reason: string
}

/** Exceptions that still exist. `npm run tables` fails on a use that is not listed, and on an entry without a use. */
export const EXCEPTIONS: readonly TableException[] = [
  {
    room: 'sync',
    tables: ['email_accounts', 'folders'],
    access: 'read',
    reason:
      'State of an account and selection of a folder decide in one statement, which also locks the account before its sync state.',
  },
  {
    room: 'sync',
    tables: ['messages', 'message_locations'],
    access: 'read',
    reason: 'Reconciliation compares stored messages with the list of the server.',
  },
  {
    room: 'submission',
    tables: ['email_accounts'],
    access: 'read',
    reason: 'Statements that also lock or join submissions need the mailboxes of a grant, names and aliases.',
  },
  {
    room: 'submission',
    tables: ['messages'],
    access: 'read',
    reason: 'Copies of held mail and earlier answers are looked up in stored mail, in the transaction that decides.',
  },
  {
    room: 'submission',
    tables: ['database_restores'],
    access: 'read',
    reason: 'Held mail refers to the restore because of which it is held.',
  },
  {
    room: 'submission',
    tables: ['events'],
    access: 'read',
    reason: 'Times of failures are kept only as events.',
  },
  {
    room: 'conversations',
    tables: ['email_accounts', 'folders', 'folder_sync_states'],
    access: 'read',
    reason: 'The role of a folder decides whether a message is filed and shown; the round goes into its location.',
  },
  {
    room: 'conversations',
    tables: ['submissions'],
    access: 'read',
    reason: 'Rows of a list name the author of their latest message, in the statement that reads their read state.',
  },
  {
    room: 'tokens',
    tables: ['email_accounts'],
    access: 'read',
    reason: 'The claim of due grants skips grants without an active mailbox, in one statement.',
  },
  {
    room: 'cloud-providers',
    tables: [
      ...(['grants', 'access_tokens', 'application_tokens', 'principal_wishes', 'authorizations'] as const),
      ...(['device_sign_ins', 'mail_passwords', 'alert_webhooks', 'alert_relay'] as const),
    ],
    access: 'write',
    reason: 'Replacing the encryption key seals the columns of all rooms again.',
  },
  {
    room: 'alerts',
    tables: ['email_accounts'],
    access: 'read',
    reason: 'A watched mailbox may not deliver alerts.',
  },
  {
    room: 'alerts',
    tables: ['incidents'],
    access: 'read',
    reason: 'Alerts of closed incidents are not delivered by a new relay, and deleted after a while.',
  },
  {
    room: 'account-actions',
    tables: ['conversations', 'messages', 'message_locations', 'folders', 'email_accounts'],
    access: 'read',
    reason: 'One statement turns the states of many conversations into wanted states of their messages and folders.',
  },
  {
    room: 'people',
    tables: ['email_accounts'],
    access: 'read',
    reason: 'Memberships are added only for mailboxes that exist.',
  },
]
