import { CsvError, parse } from 'csv-parse/sync'
import { fillText, type InputFault } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'

/** Values of one mailbox as they were given. Absent and empty ones have defaults. */
export interface GivenRow {
  /** Line in the file, or place in the list. */
  line: number
  address?: string | undefined
  kind?: string | undefined
  name?: string | undefined
  key?: string | undefined
  contact?: string | undefined
  importDays?: string | undefined
  /** Faults of the line itself. */
  faults?: readonly InputFault[]
}

type Column = 'address' | 'kind' | 'name' | 'key' | 'contact' | 'importDays'

/** Columns by their names in lower case without spaces, dashes and underscores. */
const COLUMNS: ReadonlyMap<string, Column | 'ignored'> = new Map([
  ['address', 'address'],
  ['email', 'address'],
  ['emailaddress', 'address'],
  ['kind', 'kind'],
  ['name', 'name'],
  ['displayname', 'name'],
  ['key', 'key'],
  ['contact', 'contact'],
  ['importdays', 'importDays'],
  // Further columns of the download of failed rows.
  ['error', 'ignored'],
  ['fix', 'ignored'],
])

const EXCHANGE_ADDRESS = 'primarysmtpaddress'
/** Columns of an export of `Get-EXOMailbox`, which has many others. */
const EXCHANGE_COLUMNS: ReadonlyMap<string, Column> = new Map([
  [EXCHANGE_ADDRESS, 'address'],
  ['displayname', 'name'],
  ['recipienttypedetails', 'kind'],
  ['kind', 'kind'],
  ['key', 'key'],
  ['contact', 'contact'],
  ['importdays', 'importDays'],
])

/** Values of `RecipientTypeDetails` in Exchange. Users don't sign in as a room or a device. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['usermailbox', 'user'],
  ['sharedmailbox', 'shared'],
  ['roommailbox', 'shared'],
  ['equipmentmailbox', 'shared'],
  ['schedulingmailbox', 'shared'],
])

/** First line for programs: of Excel, or of `Export-Csv` in Windows PowerShell. */
const PREAMBLE = /^\ufeff?(?:sep=(?<separator>[,;\t])|#TYPE [^\n]*)(?=\n|$)/i
/** A spreadsheet would run a value that begins so, which is why it is written behind an apostrophe. */
const ESCAPED = /^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/

interface Line {
  record: string[]
  info: { lines: number }
}

/**
 * Reads CSV (RFC 4180) in UTF-8, separated by commas, semicolons or tabs, whichever its first line has. A text without a
 * header is a list of addresses. Reads one row more than allowed, so that too many are noticed.
 *
 * @returns one row with faults when the text can't be read
 */
export function readCsv(csv: string, mostRows: number): GivenRow[] {
  const uniform = csv.replaceAll(/\r\n?/g, '\n')
  const preamble = PREAMBLE.exec(uniform)
  // The line stays, so that the numbers of the others are those of the file.
  const text = preamble ? uniform.slice(preamble[0].length) : uniform
  const first = /^[^\n]*/.exec(text.trimStart())![0]
  const delimiter = preamble?.groups?.['separator'] ?? [',', ';', '\t'].find((each) => first.includes(each)) ?? ','
  let lines: Line[]
  try {
    lines = parse(text, {
      ...{ bom: true, info: true, trim: true, delimiter, skip_empty_lines: true, skip_records_with_empty_values: true },
      ...{ relax_column_count: true, max_record_size: 20_000, to: mostRows + 2, record_delimiter: '\n' },
    }) as unknown as Line[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error['lines'] ?? 1)
    return [faulty(line, 'csv', TEXTS.csv, fillText(TEXTS.correctCsv, { line: String(line) }))]
  }
  const [head, ...rest] = lines
  if (!head) return []
  if (head.record.some((cell) => cell.includes('@'))) return lines.map((each) => toRow(each, ['address']))
  const columns = readHeader(head)
  return Array.isArray(columns) ? rest.map((each) => toRow(each, columns)) : [columns]
}

function readHeader({ record, info: { lines: line } }: Line): (Column | 'ignored')[] | GivenRow {
  // Excel adds empty columns at the end.
  const last = record.findLastIndex((cell) => cell !== '')
  const names = record.slice(0, last + 1).map((cell) => cell.toLowerCase().replaceAll(/[\s_-]/g, ''))
  const isExchange = names.includes(EXCHANGE_ADDRESS)
  const found = names.map((name) => (isExchange ? (EXCHANGE_COLUMNS.get(name) ?? 'ignored') : COLUMNS.get(name)))
  const unknown = record.find((_cell, index) => index <= last && found[index] === undefined)
  if (unknown !== undefined) {
    return faulty(line, 'header', TEXTS.column, fillText(TEXTS.removeColumn, { name: JSON.stringify(unknown) }))
  }
  const columns = found.flatMap((column) => column ?? [])
  const used = columns.filter((column) => column !== 'ignored')
  if (new Set(used).size < used.length) return faulty(line, 'header', TEXTS.oneColumn, TEXTS.addColumn)
  if (!used.includes('address')) return faulty(line, 'header', TEXTS.addressColumn, TEXTS.addColumn)
  return columns
}

function toRow({ record, info: { lines: line } }: Line, columns: readonly (Column | 'ignored')[]): GivenRow {
  const values = columns.flatMap((column, index): [Column, string | undefined][] =>
    column === 'ignored' ? [] : [[column, record[index]?.replace(ESCAPED, '')]],
  )
  const row: GivenRow = { line, ...Object.fromEntries(values) }
  const kind = row.kind && (KINDS.get(row.kind.toLowerCase()) ?? row.kind.toLowerCase())
  const surplus = record.slice(columns.length).some((cell) => cell !== '')
  const expected = fillText(TEXTS.columns, { count: String(columns.length) })
  const fix = fillText(TEXTS.removeValue, { line: String(line) })
  return { ...row, kind, ...(surplus && { faults: [{ field: 'line', expected, fix }] }) }
}

function faulty(line: number, field: string, expected: string, fix: string): GivenRow {
  return { line, faults: [{ field, expected, fix }] }
}
