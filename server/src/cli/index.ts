/**
 * The terminal: one file per verb. A verb opens the rooms of an installation beside the server that may run on it, acts,
 * prints, and ends; nothing works in the background meanwhile. Owns no table.
 */
export { runCli, type CliDeps } from './run-cli.ts'
export { EXIT, type CliRooms, type OpenedInstallation, type OpeningWish } from './verb.ts'
