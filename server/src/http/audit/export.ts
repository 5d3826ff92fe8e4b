import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { z } from 'zod'
import type { AuditFilter } from '../../audit/index.ts'
import { formatDisposition } from '../attachments/download.ts'
import { toActor } from '../caller.ts'
import { adminsAndAuditors, type KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute, type OtherPresentation } from '../route.ts'
import { withNames } from './audit-entry.ts'
import { auditFilterQuery, readAuditFilter } from './audit-filter.ts'

type Format = 'csv' | 'json'
type NamedEntry = Awaited<ReturnType<typeof withNames>>[number]

/** Entries in memory at once. */
const ENTRIES_PER_PAGE = 500
const CSV_FIELDS = ['id', 'at', 'actor', 'actorName', 'action', 'subject', 'subjectName', 'detail'] as const

export const exportAuditAsCsv = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/audit.csv',
    summary:
      'Downloads all entries that match, newest first, as CSV (RFC 4180, UTF-8). An apostrophe precedes a value that a spreadsheet would run as a formula. The export itself becomes an entry.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: { query: auditFilterQuery },
    act: ({ query, caller }) => beginExport(rooms, 'csv', query, caller),
    present: download('csv', 'text/csv; charset=utf-8'),
  })

export const exportAuditAsJson = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/audit.json',
    summary: 'Downloads all entries that match, newest first, as a JSON array. The export itself becomes an entry.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: { query: auditFilterQuery },
    act: ({ query, caller }) => beginExport(rooms, 'json', query, caller),
    present: download('json', 'application/json; charset=utf-8'),
  })

/** Records the export before its first byte, so that none is missing from the list. */
async function beginExport(
  rooms: Rooms,
  format: Format,
  query: z.output<typeof auditFilterQuery>,
  caller: KnownCaller,
) {
  const filter = await readAuditFilter(rooms, query)
  const { audit } = rooms.people
  // Entries from now on, such as that of the export itself, are not in it.
  const [newest] = await audit.list({ limit: 1 })
  const before = (newest?.id ?? 0) + 1
  const count = await audit.count({ ...filter, before })
  const detail = { format, count, filter: query }
  await audit.record(rooms.database.db, { actor: toActor(caller), action: 'audit.exported', subject: 'audit', detail })
  const pages = readPages(rooms, filter, before)
  return { name: `audit-${rooms.clock.now().toISOString().slice(0, 10)}.${format}`, text: WRITERS[format](pages) }
}

/** Reads page by page, while the recipient takes the text: neither memory nor a transaction grows with the list. */
async function* readPages({ people }: Rooms, filter: AuditFilter, end: number): AsyncIterable<NamedEntry[]> {
  let before: number | undefined = end
  while (before !== undefined) {
    const { entries, next } = await people.audit.page({ ...filter, before, limit: ENTRIES_PER_PAGE })
    if (entries.length > 0) yield await withNames(people, entries)
    before = next
  }
}

const WRITERS: Readonly<Record<Format, (pages: AsyncIterable<NamedEntry[]>) => AsyncIterable<string>>> = {
  async *csv(pages) {
    // Excel reads UTF-8 only with a byte order mark.
    yield `\ufeff${CSV_FIELDS.join(',')}\r\n`
    for await (const entries of pages) {
      const rows = entries.map((entry) => CSV_FIELDS.map((field) => cell(entry[field])))
      yield stringify(rows, { escape_formulas: true, record_delimiter: 'windows' })
    }
  },
  async *json(pages) {
    let separator = '['
    for await (const entries of pages) {
      for (const entry of entries) {
        yield `${separator}\n${JSON.stringify(entry)}`
        separator = ','
      }
    }
    yield separator === '[' ? '[]\n' : '\n]\n'
  },
}

function cell(value: NamedEntry[(typeof CSV_FIELDS)[number]]): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
}

function download(
  format: Format,
  contentType: string,
): OtherPresentation<{ name: string; text: AsyncIterable<string> }> {
  return {
    status: 200,
    contentType,
    send: ({ name, text }, reply) =>
      reply
        .header('content-disposition', formatDisposition(name))
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(Readable.from(text, { objectMode: false })),
  }
}
