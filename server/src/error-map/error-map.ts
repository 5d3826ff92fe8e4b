import { ENTRA_APPLICATIONS } from './entra-applications.ts'
import { ENTRA_PEOPLE } from './entra-people.ts'
import { ENTRA_PROTOCOL } from './entra-protocol.ts'
import { GRAPH } from './graph.ts'
import { IMAP } from './imap.ts'
import { SMTP } from './smtp.ts'
import type { MapEntry } from './map-entry.ts'

/** All entries. `docs/error-map.md` is generated from this list (`npm run errors`). */
export const ERROR_MAP: readonly MapEntry[] = [
  ...ENTRA_PEOPLE,
  ...ENTRA_APPLICATIONS,
  ...ENTRA_PROTOCOL,
  ...GRAPH,
  ...IMAP,
  ...SMTP,
]

const BY_CODE = new Map(ERROR_MAP.flatMap((entry) => entry.codes.map((code) => [keyOf(code), entry])))

/** Returns the lookup key of a code, in lowercase. Graph uses two spellings for some codes. */
export function keyOf(code: number | string): string {
  return String(code).toLowerCase()
}

export function findEntry(code: number | string): MapEntry | undefined {
  return BY_CODE.get(keyOf(code))
}
