/**
 * The command line: one file per verb. A verb opens the rooms of an installation while a server may be running, acts,
 * prints and ends. It runs no background work and owns no table.
 */
export { runCli, type CliDeps } from './run-cli.ts'
export { lossText } from './loss-text.ts'
export { programOfRelease } from './release.ts'
export { VERBS } from './verbs.ts'
export {
  EXIT,
  type CheckedVariable,
  type CliOpenOptions,
  type CliRooms,
  type FindDatabaseOptions,
  type FoundDatabase,
  type OpenedInstallation,
  type Program,
  type Verb,
} from './verb.ts'
export { describeShape } from './shape-text.ts'
export { optionsOf, usageOf } from './usage.ts'
