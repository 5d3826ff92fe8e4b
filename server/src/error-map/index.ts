/**
 * What Microsoft's codes mean to people: for each number of Entra ID and each code of Graph the cause in a sentence, who can
 * end it, where, and with which command, filled with the names at hand. Words and nothing else: what Postkey does depends
 * on standard fields alone, because Microsoft changes numbers without notice. Owns no table; whoever shows a reason comes in.
 */
export { explain, type Explanation, type ExplainedCommand } from './explain.ts'
export type { RemedyCommand, MapEntry, Shell, Who } from './map-entry.ts'
export type { KnownNames } from './known-names.ts'
export { ERROR_MAP } from './error-map.ts'
export { WHO_WORDS } from './who-words.ts'
