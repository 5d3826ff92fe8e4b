import { z } from 'zod'
import type { EmailAccount } from '../email-accounts/index.ts'
import { AppError, fillText, type InputFault } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { GivenRow } from './csv-rows.ts'
import { TEXTS } from './texts.ts'

/** Values of rows that have none of their own. */
export interface RowDefaults {
  kind: 'user' | 'shared'
  /** Absent: the mailbox itself. */
  contact?: string | undefined
  importDays?: number | undefined
}

/** A row with its defaults. */
export interface CheckedRow {
  line: number
  address: string
  kind: 'user' | 'shared'
  name: string
  key: string | undefined
  contact: string
  importDays: number | undefined
  /** Only `new` rows are connected, and only in a batch without `invalid` ones. */
  result: 'new' | 'already-connected' | 'duplicate' | 'invalid'
  emailAccountId: EmailAccountId | undefined
  /** Earlier line with the same address. */
  duplicateOf: number | undefined
  faults: readonly InputFault[]
}

export interface CheckedBatch {
  rows: readonly CheckedRow[]
  /** Faults of the batch as a whole, such as too many rows. */
  faults: readonly InputFault[]
}

interface RowRules {
  defaults: RowDefaults
  /** Refuses a contact other than the mailbox itself. */
  isOwnContact?: boolean
}

type Connected = Pick<EmailAccount, 'id' | 'key' | 'address' | 'aliases'>

const LONGEST_ADDRESS = 320
const EXPECTED = {
  address: TEXTS.address,
  kind: TEXTS.kind,
  name: TEXTS.name,
  key: TEXTS.key,
  contact: TEXTS.contact,
  importDays: TEXTS.importDays,
} as const
const CHECKS = {
  address: z.email().max(LONGEST_ADDRESS),
  kind: z.enum(['user', 'shared']),
  // Control characters, line separators and controls of direction would show another name than it is.
  name: z
    .string()
    .max(200)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+$/u),
  key: z.string().regex(/^[A-Za-z0-9]{1,5}$/),
  contact: z.email().max(LONGEST_ADDRESS),
  importDays: z.coerce.number().int().min(0).max(3650),
} as const
type Field = keyof typeof CHECKS

/** Checks all rows together. Nothing is requested from Microsoft. */
export function checkRows(
  given: readonly GivenRow[],
  { defaults, isOwnContact = false }: RowRules,
  accounts: readonly Connected[],
): CheckedRow[] {
  const known = new Map(
    accounts.flatMap(({ id, address, aliases }) =>
      [address, ...aliases.map((alias) => alias.address)].map((each) => [each.toLowerCase(), id] as const),
    ),
  )
  const keys = new Set(accounts.map(({ key }) => key))
  const lines = new Map<string, number>()
  return given.map((row) => {
    const checked = withDefaults(row, defaults)
    const faults = [...(row.faults ?? []), ...faultsOf(row, checked.address)]
    if (isOwnContact && checked.contact.toLowerCase() !== checked.address.toLowerCase()) {
      faults.push(faultOf(row, 'contact', TEXTS.ownContact, TEXTS.noContact))
    }
    const key = faults.length === 0 ? checked.key?.toUpperCase() : undefined
    const address = checked.address.toLowerCase()
    const duplicateOf = faults.length === 0 ? lines.get(address) : undefined
    const emailAccountId = known.get(address)
    const isNew = faults.length === 0 && duplicateOf === undefined && emailAccountId === undefined
    if (isNew && key !== undefined && keys.has(key)) faults.push(faultOf(row, 'key', TEXTS.newKey, TEXTS.otherKey))
    if (isNew && key !== undefined) keys.add(key)
    if (faults.length === 0 && duplicateOf === undefined) lines.set(address, row.line)
    return { ...checked, key, ...resultOf(faults, duplicateOf, emailAccountId) }
  })
}

function resultOf(
  faults: readonly InputFault[],
  duplicateOf: number | undefined,
  emailAccountId: EmailAccountId | undefined,
): Pick<CheckedRow, 'result' | 'faults' | 'duplicateOf' | 'emailAccountId'> {
  const none = { faults, duplicateOf: undefined, emailAccountId: undefined }
  if (faults.length > 0) return { ...none, result: 'invalid' }
  if (duplicateOf !== undefined) return { ...none, result: 'duplicate', duplicateOf }
  return { ...none, result: emailAccountId === undefined ? 'new' : 'already-connected', emailAccountId }
}

function withDefaults(row: GivenRow, defaults: RowDefaults) {
  const valueOf = (field: Field): string | undefined => textOf(row, field)
  const address = valueOf('address') ?? ''
  const kind = CHECKS.kind.safeParse(valueOf('kind'))
  const importDays = CHECKS.importDays.safeParse(valueOf('importDays'))
  return {
    line: row.line,
    address,
    kind: kind.success ? kind.data : defaults.kind,
    name: valueOf('name') ?? address,
    key: valueOf('key'),
    contact: valueOf('contact') ?? defaults.contact ?? address,
    importDays: importDays.success ? importDays.data : defaults.importDays,
  }
}

/** Returns a value without surrounding spaces; undefined when it is empty. */
function textOf(row: GivenRow, field: Field): string | undefined {
  const text = row[field]?.trim()
  return text === '' ? undefined : text
}

function faultsOf(row: GivenRow, address: string): InputFault[] {
  // A line that can't be read has no values.
  if (row.faults && row.address === undefined) return []
  const fields: [Field, string | undefined][] = [
    ['address', address],
    ...(['kind', 'name', 'key', 'contact', 'importDays'] as const).map((field): [Field, string | undefined] => [
      field,
      textOf(row, field),
    ]),
  ]
  return fields.flatMap(([field, value]) =>
    value === undefined || CHECKS[field].safeParse(value).success
      ? []
      : faultOf(row, field, EXPECTED[field], TEXTS.correct),
  )
}

function faultOf({ line }: GivenRow, field: Field, expected: string, fix: string): InputFault {
  return { field, expected, fix: fillText(fix, { field, line: String(line) }) }
}

const MOST_FAULTS_NAMED = 50

/** Faults of the number of rows. */
export function faultsOfCount(count: number, mostRows: number): InputFault[] {
  if (count > 0 && count <= mostRows) return []
  const most = String(mostRows)
  return [{ field: 'rows', expected: fillText(TEXTS.rows, { most }), fix: fillText(TEXTS.splitRows, { most }) }]
}

/** @throws {AppError} `account_batches.rows_invalid` that names lines and fields */
export function refuseInvalid({ rows, faults: ofBatch }: CheckedBatch): void {
  const ofRows = rows.flatMap(({ line, faults: ofRow }) =>
    ofRow.map(({ field, ...rest }) => ({ ...rest, field: fillText(TEXTS.lineField, { line: String(line), field }) })),
  )
  const faults = [...ofBatch, ...ofRows]
  if (faults.length === 0) return
  throw new AppError('account_batches.rows_invalid', { faults: faults.slice(0, MOST_FAULTS_NAMED) })
}
