/**
 * Receives mail. `scheduling` leases accounts to workers and paces them, `reading` reads changes of folders and files
 * them, `reconciliation` finds missed mail, `notifications` keeps Graph subscriptions and IMAP IDLE watches.
 *
 * Owns `account_sync_states` (schedule, leases and progress), `folder_sync_states` (cursors, rounds and results of
 * reconciliation), `graph_subscriptions` and `unfiled_messages`. `email-accounts` creates the states with its accounts
 * and folders, through `createSyncStates`. Only `main` starts this room; `http` passes notifications on.
 */
export { countUnread, listAccountFigures, readOldestProof, type AccountFigures } from './account-figures.ts'
export { pushSettings } from './notifications/push-settings.ts'
export type { PushSettings } from './notifications/push-settings.ts'
export type { Notification } from './notifications/push.ts'
export type { Reconciled } from './reconciliation/reconciliation.ts'
export { createShownAccounts } from './scheduling/shown-accounts.ts'
export type { ShownAccounts } from './scheduling/shown-accounts.ts'
export { createSyncStates } from './sync-states.ts'
export { createSync } from './sync.ts'
export type { Sync, SyncDeps } from './sync.ts'
