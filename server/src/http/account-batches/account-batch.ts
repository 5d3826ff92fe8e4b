import { z } from 'zod'
import type { BatchRow as Row, GivenRow, NewAccountBatch } from '../../account-batches/index.ts'
import { MOST_ROWS } from '../../account-batches/index.ts'
import { AppError, storedReason } from '../../kernel/errors.ts'
import type { CloudProviderId, GrantId, PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { emailAddress, Reason, Time } from '../fields.ts'
import { id } from '../ids.ts'
import type { KnownCaller } from '../permit.ts'
import { TEXTS } from '../texts.ts'

/** Values are checked together, so that all faults are named with their lines. */
const value = z.string().max(1000).optional()

const NewRow = z.strictObject({
  line: z.int().min(1).max(1_000_000).optional().describe('Line in your file; the place in the list by default.'),
  address: value,
  kind: value.describe('`user` or `shared`.'),
  name: value.describe('The address by default.'),
  key: value.describe('One to five letters and digits. Postkey chooses one by default.'),
  contact: value.describe('Contact for alerts. Not for API keys.'),
  importDays: z.union([z.number(), z.string().max(20)]).optional(),
})

/** Largest file with 500 rows of ordinary values. */
const MOST_CSV = 500_000
export const BATCH_BODY_BYTES = 2_000_000

export const NewBatch = z
  .strictObject({
    grantId: id<GrantId>().optional().describe('Grant that opens the mailboxes, for admins in person.'),
    applicationOf: z
      .strictObject({
        cloudProviderId: id<CloudProviderId>(),
        tenantId: z
          .uuid()
          .transform((text) => text.toLowerCase())
          .optional(),
      })
      .optional()
      .describe('The application of a Cloud Provider, and the organization of the mailboxes if it is another one.'),
    rows: z.array(NewRow).max(MOST_ROWS).optional().describe('The mailboxes, or `csv`.'),
    csv: z
      .string()
      .max(MOST_CSV)
      .optional()
      .describe(
        'CSV with the columns `address`, `kind`, `name`, `key`, `contact`, `importDays`, or the addresses alone, or an export of `Get-EXOMailbox`.',
      ),
    defaults: z
      .strictObject({
        kind: z.enum(['user', 'shared']).default('shared'),
        contact: emailAddress
          .optional()
          .describe('Contact for alerts; the mailbox itself by default. Not for API keys.'),
        importDays: z.int().min(0).max(3650).optional().describe('Days of mail to import; 30 by default.'),
      })
      .default({ kind: 'shared' })
      .describe('Values of rows without their own.'),
    closesOlderThanDays: z.int().min(0).max(3650).nullable().optional().describe('As of a single mailbox.'),
    memberIds: z
      .array(id<PersonId>())
      .max(100)
      .optional()
      .describe('Supervisors and agents who get access to the mailboxes. Not for API keys.'),
  })
  .refine(({ grantId, applicationOf }) => (grantId === undefined) !== (applicationOf === undefined), {
    error: TEXTS.grantOrApplication,
    path: ['applicationOf'],
  })
  .refine(
    ({ rows = [] }) => {
      const lines = rows.map(({ line }, index) => line ?? index + 1)
      return new Set(lines).size === lines.length
    },
    { error: TEXTS.linesOnce, path: ['rows'] },
  )
  .refine(({ rows, csv }) => (rows === undefined) !== (csv === undefined), { error: TEXTS.rowsOrCsv, path: ['rows'] })

/** @throws {AppError} for what a key may not do: see docs/decisions/0078-account-batches.md */
export function toWanted({ rows, ...body }: z.output<typeof NewBatch>, caller: KnownCaller): NewAccountBatch {
  if (caller.kind === 'api-key') {
    if (body.grantId !== undefined) throw new AppError('account_batches.application_only', { field: 'grantId' })
    if (body.memberIds?.length) throw new AppError('http.person_required', { field: 'memberIds' })
    if (body.defaults.contact !== undefined) throw new AppError('http.person_required', { field: 'defaults.contact' })
  }
  const given = rows?.map(({ importDays, ...row }, index): GivenRow => ({
    ...row,
    line: row.line ?? index + 1,
    importDays: importDays === undefined ? undefined : String(importDays),
  }))
  return { ...body, rows: given, isOwnContact: caller.kind === 'api-key' }
}

const Line = z.object({
  line: z.int(),
  address: z.string(),
  kind: z.enum(['user', 'shared']),
  name: z.string(),
  key: z.string().optional(),
  contact: z.string(),
  importDays: z.int().optional(),
  duplicateOf: z.int().optional().describe('Line with the same address, which counts.'),
  emailAccountId: z.string().optional().describe('The connected mailbox.'),
})

const Fault = z.object({ field: z.string(), expected: z.string(), fix: z.string() })

export const PreviewedBatch = z
  .object({
    rows: z.array(
      Line.extend({
        result: z
          .enum(['new', 'already-connected', 'duplicate', 'invalid'])
          .describe('`new` rows are connected. A batch with an `invalid` row is refused.'),
        faults: z.array(Fault),
      }),
    ),
    faults: z.array(Fault).describe('Faults of the batch as a whole, such as too many rows.'),
  })
  .meta({ id: 'PreviewedAccountBatch' })

export const AccountBatch = z
  .object({
    id: z.string(),
    status: z.enum(['running', 'completed', 'canceled']),
    cloudProviderId: z.string(),
    tenantId: z.string().optional(),
    grantId: z.string().optional(),
    createdBy: z.string(),
    createdAt: Time,
    endedAt: Time.optional().describe('Absent as long as a row waits or is checked.'),
    pausedUntil: Time.optional().describe('Microsoft wants no requests before; then the batch continues.'),
    total: z.int(),
    counts: z.object({
      waiting: z.int(),
      checking: z.int(),
      connected: z.int(),
      'already-connected': z.int(),
      duplicate: z.int(),
      failed: z.int(),
      canceled: z.int(),
    }),
  })
  .meta({ id: 'AccountBatch' })

export const BatchRow = Line.extend({
  state: z.enum(['waiting', 'checking', 'connected', 'already-connected', 'duplicate', 'failed', 'canceled']),
  reason: Reason.optional().describe('Why it failed, or is tried again.'),
  detail: z.string().optional().describe('Detail of the failure.'),
  nextTryAt: Time.optional(),
}).meta({ id: 'AccountBatchRow' })

export function presentRow({ errorCode, errorDetail, ...row }: Row) {
  return { ...row, reason: errorCode === undefined ? undefined : storedReason(errorCode), detail: errorDetail }
}

/** A key sees its own batches; an admin all of them. */
export function ownBatches(caller: KnownCaller): string | undefined {
  return caller.kind === 'api-key' ? toActor(caller) : undefined
}
