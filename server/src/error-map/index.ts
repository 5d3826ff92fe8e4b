/**
 * Explanations of Microsoft's codes. For each Entra ID number and Graph code: the cause, who can fix it, the place and
 * the command, filled with known names. For display only: behavior depends on standard fields, because Microsoft
 * changes numbers without notice. Owns no table; called by everything that shows a reason.
 */
export { explain, type Explanation, type ExplainedCommand } from './explain.ts'
export type { RemedyCommand, MapEntry, Shell, Who } from './map-entry.ts'
export type { KnownNames } from './known-names.ts'
export { ERROR_MAP } from './error-map.ts'
export { WHO_WORDS } from './who-words.ts'
