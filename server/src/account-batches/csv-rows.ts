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

/**
 * Columns by their names in lower case without spaces, dashes and underscores. The last three are those of
 * `Get-EXOMailbox`, which also knows shared mailboxes.
 */
const COLUMNS: Readonly<Record<string, Column>> = {
  address: 'address',
  email: 'address',
  emailaddress: 'address',
  kind: 'kind',
  name: 'name',
  key: 'key',
  contact: 'contact',
  importdays: 'importDays',
  primarysmtpaddress: 'address',
  displayname: 'name',
  recipienttypedetails: 'kind',
}

/** Values of `RecipientTypeDetails` in Exchange. */
const KINDS: Readonly<Record<string, string>> = { usermailbox: 'user', sharedmailbox: 'shared' }

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
  const first = /^[^\r\n]*/.exec(csv.trimStart())![0]
  const delimiter = [',', ';', '\t'].find((each) => first.includes(each)) ?? ','
  let lines: Line[]
  try {
    lines = parse(csv, {
      ...{ bom: true, info: true, trim: true, delimiter, skip_empty_lines: true, skip_records_with_empty_values: true },
      ...{ relax_column_count: true, max_record_size: 20_000, to: mostRows + 2 },
    }) as unknown as Line[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error['lines'] ?? 1)
    return [faulty(line, 'csv', TEXTS.csv, fillText(TEXTS.correctCsv, { line: String(line) }))]
  }
  const [head, ...rest] = lines
  if (!head) return []
  if (head.record.some((cell) => cell.includes('@'))) return lines.map((each) => toRow(each, ['address']))
  const columns = head.record.map((cell) => COLUMNS[cell.toLowerCase().replaceAll(/[\s_-]/g, '')])
  const unknown = head.record.find((_cell, index) => columns[index] === undefined)
  const { lines: line } = head.info
  if (unknown !== undefined) {
    return [faulty(line, 'header', TEXTS.column, fillText(TEXTS.removeColumn, { name: JSON.stringify(unknown) }))]
  }
  if (new Set(columns).size < columns.length) return [faulty(line, 'header', TEXTS.oneColumn, TEXTS.addColumn)]
  if (!columns.includes('address')) return [faulty(line, 'header', TEXTS.addressColumn, TEXTS.addColumn)]
  return rest.map((each) => toRow(each, columns as Column[]))
}

function toRow({ record, info: { lines: line } }: Line, columns: readonly Column[]): GivenRow {
  const row: GivenRow = { line, ...Object.fromEntries(columns.map((column, index) => [column, record[index]])) }
  const kind = row.kind && (KINDS[row.kind.toLowerCase()] ?? row.kind.toLowerCase())
  const surplus = record.slice(columns.length).some((cell) => cell !== '')
  const expected = fillText(TEXTS.columns, { count: String(columns.length) })
  const fix = fillText(TEXTS.removeValue, { line: String(line) })
  return { ...row, kind, ...(surplus && { faults: [{ field: 'line', expected, fix }] }) }
}

function faulty(line: number, field: string, expected: string, fix: string): GivenRow {
  return { line, faults: [{ field, expected, fix }] }
}
