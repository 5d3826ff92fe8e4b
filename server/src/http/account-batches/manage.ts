import { z } from 'zod'
import { type NewAccountBatch, ROW_STATES } from '../../account-batches/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { AccountBatchId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { page } from '../fields.ts'
import { IdempotencyKey } from '../idempotent-routes.ts'
import { id, idParam } from '../ids.ts'
import { applicationConnectors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import {
  AccountBatch,
  BATCH_BODY_BYTES,
  BatchRow,
  NewBatch,
  ownBatches,
  presentRow,
  PreviewedBatch,
  toWanted,
} from './account-batch.ts'

/** @throws {AppError} for an unknown member, or one who may not have mailboxes */
async function checkMembers({ people }: Pick<Rooms, 'people'>, { memberIds = [] }: NewAccountBatch): Promise<void> {
  const members = await Promise.all(memberIds.map((person) => people.people.get(person)))
  if (members.some(({ role }) => role === 'auditor')) {
    throw new AppError('people.auditor_without_mail', { field: 'memberIds' })
  }
}

export const previewAccountBatch = ({ accountBatches, people }: Rooms) =>
  route({
    at: 'POST /v1/account-batches/preview',
    summary:
      'Checks the rows of an account batch without connecting anything: values, duplicates, connected mailboxes.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: { body: NewBatch },
    bodyLimitBytes: BATCH_BODY_BYTES,
    act: async ({ body, caller }) => {
      const wanted = toWanted(body, caller)
      await checkMembers({ people }, wanted)
      const { rows, faults } = await accountBatches.preview(wanted)
      return { rows: rows.map((row) => ({ ...row, faults: [...row.faults] })), faults: [...faults] }
    },
    present: { status: 200, schema: PreviewedBatch },
  })

export const createAccountBatch = ({ accountBatches, people }: Rooms) =>
  route({
    at: 'POST /v1/account-batches',
    summary:
      'Connects up to 500 mailboxes in the background. A batch with an invalid row is refused as a whole. Repeated requests with the same Idempotency-Key return the same batch.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: { headers: IdempotencyKey, body: NewBatch },
    repeated: 'own',
    bodyLimitBytes: BATCH_BODY_BYTES,
    act: async ({ body, headers, caller }) => {
      const wanted = toWanted(body, caller)
      await checkMembers({ people }, wanted)
      return accountBatches.create(wanted, toActor(caller), headers['idempotency-key'])
    },
    present: { status: 201, schema: AccountBatch },
  })

export const listAccountBatches = ({ accountBatches }: Rooms) =>
  route({
    at: 'GET /v1/account-batches',
    summary: 'Lists account batches, newest first: those of the key, or all of them for an admin.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: { query: z.strictObject({ before: id<AccountBatchId>().optional(), limit: page(200, 50) }) },
    act: async ({ query, caller }) => accountBatches.list({ ...query, createdBy: ownBatches(caller) }),
    present: {
      status: 200,
      schema: z.object({ batches: z.array(AccountBatch), next: z.string().optional() }),
    },
  })

export const getAccountBatch = ({ accountBatches }: Rooms) =>
  route({
    at: 'GET /v1/account-batches/:id',
    summary: 'Returns an account batch with the counts of its rows. A key sees its own.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: { params: idParam<AccountBatchId>() },
    act: ({ params, caller }) => accountBatches.get(params.id, ownBatches(caller)),
    present: { status: 200, schema: AccountBatch },
  })

export const listAccountBatchRows = ({ accountBatches }: Rooms) =>
  route({
    at: 'GET /v1/account-batches/:id/rows',
    summary: 'Lists the rows of an account batch by line, each with its state, and the reason and fix of a failure.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: {
      params: idParam<AccountBatchId>(),
      query: z.strictObject({
        state: z.enum(ROW_STATES).optional(),
        after: z.coerce.number().int().min(0).optional().describe('`next` of the previous response.'),
        limit: page(500, 100),
      }),
    },
    act: async ({ params, query: { state, after, limit }, caller }) => {
      const states = state && [state]
      const { rows, next } = await accountBatches.rows(params.id, { states, after, limit }, ownBatches(caller))
      return { rows: rows.map(presentRow), next }
    },
    present: { status: 200, schema: z.object({ rows: z.array(BatchRow), next: z.int().optional() }) },
  })

export const cancelAccountBatch = ({ accountBatches }: Rooms) =>
  route({
    at: 'POST /v1/account-batches/:id/cancel',
    summary: 'Cancels the rows that wait. Mailboxes that are connected stay.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: { params: idParam<AccountBatchId>() },
    act: ({ params, caller }) => accountBatches.cancel(params.id, toActor(caller), ownBatches(caller)),
    present: { status: 200, schema: AccountBatch },
  })

export const retryAccountBatch = ({ accountBatches }: Rooms) =>
  route({
    at: 'POST /v1/account-batches/:id/retry',
    summary: 'Tries to connect failed rows again: all of them, or those of some lines.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: {
      params: idParam<AccountBatchId>(),
      body: z.strictObject({ lines: z.array(z.int().min(1)).min(1).max(500).optional() }),
    },
    act: ({ params, body, caller }) =>
      accountBatches.retry(params.id, toActor(caller), { lines: body.lines, createdBy: ownBatches(caller) }),
    present: { status: 200, schema: AccountBatch },
  })
