/** Compares docs/openapi.json with the API of the last release. Usage: npm run keep-api makes it that of the last release. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { ACCEPTED_BREAKS } from './accepted-breaks.ts'
import { type ApiDocument, breakingChanges } from './breaking-changes.ts'

const FILE = join(import.meta.dirname, 'released-api.json.gz')

/** Breaking changes that were not accepted, and accepted ones that are none. */
export function breakComplaints(
  source: string,
  released = gunzipSync(readFileSync(FILE)).toString(),
  accepted = ACCEPTED_BREAKS,
): string[] {
  const changes = breakingChanges(JSON.parse(released) as ApiDocument, JSON.parse(source) as ApiDocument)
  const stale = Object.keys(accepted).filter((line) => !changes.includes(line))
  return [
    ...changes.filter((line) => !(line in accepted)).map((line) => `Breaks programs of the last release: ${line}`),
    ...stale.map((line) => `scripts/openapi/accepted-breaks.ts: is not a change: ${line}`),
  ]
}

if (import.meta.main) {
  writeFileSync(FILE, gzipSync(readFileSync(join(import.meta.dirname, '../../docs/openapi.json')), { level: 9 }))
}
