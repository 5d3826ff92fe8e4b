/**
 * Detects a restored database. It compares a counter in the database with the highest value recorded by this
 * installation in a file elsewhere. Owns `database_epochs` and `database_restores`. `server` opens it before mail is
 * read or sent; `submission` decides which submissions are held.
 */
export { createEpoch, type DatabaseRestore, type Epoch, type EpochDeps } from './epoch.ts'
export { SHORT_PAUSE_MS, type RestoreReason } from './judgment.ts'
export { markRestored } from './restored-mark.ts'
export { createStateFile, type SeenActivity, type StateFile } from './state-file.ts'
