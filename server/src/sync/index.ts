/**
 * Mail coming in: whose turn it is, what changed in its folders, and the cursors. Owns `graph_subscriptions` and the
 * cursors in `folders`. Only `main` starts it; `http` passes notifications on; everybody may wake an account.
 */
export { createSync } from './sync.ts'
export type { PushSettings, Sync, SyncDeps } from './sync.ts'
