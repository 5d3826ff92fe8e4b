/**
 * Tells a restored database from a continuing one: a counter in the database, and the highest value that this
 * installation has seen of it in a file elsewhere. Owns `database_epochs` and `database_restores`. `server` opens it
 * before anything is read or sent; `submission` says what is held.
 */
export { createEpoch, type DatabaseRestore, type Epoch, type EpochDeps } from './epoch.ts'
export { SHORT_PAUSE_MS, type RestoreReason } from './judgment.ts'
export { createStateFile, type SeenActivity, type StateFile } from './state-file.ts'
