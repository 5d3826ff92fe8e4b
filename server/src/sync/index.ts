/**
 * Mail coming in: whose turn it is, what changed in its folders, and how far we are. Owns `graph_subscriptions` and
 * `unfiled_messages`, the cursors and rounds in `folders`, and in `email_accounts` the turns (`due_at`, `wakes`,
 * `fence`) and the figures. Only `main` starts it; `http` passes notifications on; everybody may wake an account.
 */
export { pushSettings } from './push-settings.ts'
export type { PushSettings } from './push-settings.ts'
export type { Notification } from './push.ts'
export type { Reconciled } from './reconciliation.ts'
export { createSync } from './sync.ts'
export type { Sync, SyncDeps } from './sync.ts'
