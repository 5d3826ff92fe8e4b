import { createHash } from 'node:crypto'
import { advisoryLock, type Tx } from '../database/index.ts'
import { CLOSES_OLDER_THAN_DAYS } from '../email-accounts/index.ts'
import { AppError } from '../kernel/errors.ts'
import { type AccountBatchId, newId } from '../kernel/ids.ts'
import {
  type AccountBatch,
  type AccountBatches,
  type BatchRecord,
  MOST_OPEN,
  MOST_ROWS,
  type NewAccountBatch,
  toBatch,
  toBatchRow,
} from './account-batch.ts'
import type { BatchEnds } from './batch-ends.ts'
import { type CheckedBatch, type CheckedRow, checkRows, faultsOfCount, refuseInvalid } from './checked-rows.ts'
import { readCsv } from './csv-rows.ts'
import type { AccountBatchesDeps } from './deps.ts'
import { countRows } from './row-counts.ts'

/** Notified when a batch begins or goes on, so that no server waits for its next round. */
export const CHANNEL = 'account-batches'
/** Time in which a short batch ends. */
const RETRY_AFTER_SECONDS = 60

/** Batches for admins and programs. The rows are connected by `createBatchWork`. */
export function createBatches(deps: AccountBatchesDeps & { ends: Pick<BatchEnds, 'end' | 'cancel'> }): AccountBatches {
  const { database, clock, audit, emailAccounts, resolve, grants } = deps
  const { db } = database

  async function preview(wanted: NewAccountBatch): Promise<CheckedBatch> {
    const { grantId, defaults, isOwnContact = false } = wanted
    await resolve(wanted)
    const given = wanted.rows ?? readCsv(wanted.csv ?? '', MOST_ROWS)
    const rows = checkRows(given, { defaults, isOwnContact }, await emailAccounts.list())
    const isPersonal = grantId !== undefined && (await grants.get(grantId)).isPersonal
    // Full Access does not exist for personal accounts.
    if (isPersonal && rows.some(({ kind }) => kind === 'shared')) {
      throw new AppError('email_accounts.personal_not_shared', { field: 'grantId' })
    }
    return { rows, faults: faultsOfCount(rows.length, MOST_ROWS) }
  }

  async function add(wanted: NewAccountBatch, actor: string, requestKey: string | undefined, hash: Buffer) {
    const { principal, cloudProviderId } = await resolve(wanted)
    const checked = await preview(wanted)
    refuseInvalid(checked)
    const { rows } = checked
    const { closesOlderThanDays = CLOSES_OLDER_THAN_DAYS, memberIds = [] } = wanted
    const id = newId<AccountBatchId>()
    const tenantId = principal.kind === 'application' ? principal.tenantId : undefined
    await database.transaction(async (tx) => {
      await refuseTooMany(tx, actor)
      await tx
        .insertInto('account_batches')
        .values({
          id,
          status: 'running',
          request_key: requestKey ?? null,
          request_hash: hash,
          created_by: actor,
          acts_as: actor,
          created_at: clock.now(),
          cloud_provider_id: cloudProviderId,
          tenant_id: tenantId ?? null,
          grant_id: principal.kind === 'grant' ? principal.grantId : null,
          closes_older_than: closesOlderThanDays,
          member_ids: [...memberIds],
        })
        .execute()
      await tx
        .insertInto('account_batch_rows')
        .values(rows.map((row) => toRecord(id, row)))
        .execute()
      const of = { cloudProviderId, tenantId, grantId: wanted.grantId }
      const detail = { ...of, rows: rows.length, memberIds: [...memberIds] }
      await audit.record(tx, { actor, action: 'account_batch.created', subject: id, detail })
      // A batch without new mailboxes is over at once.
      await deps.ends.end(tx, id)
      await database.notify(tx, CHANNEL, id)
    })
    return get(id)
  }

  async function repeated(requestKey: string, hash: Buffer): Promise<AccountBatch | undefined> {
    const row = await db
      .selectFrom('account_batches')
      .select(['id', 'request_hash'])
      .where('request_key', '=', requestKey)
      .executeTakeFirst()
    if (!row) return undefined
    if (!row.request_hash.equals(hash)) throw new AppError('account_batches.key_reused')
    return get(row.id)
  }

  async function find(id: AccountBatchId, createdBy: string | undefined): Promise<BatchRecord> {
    const row = await db.selectFrom('account_batches').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row || (createdBy !== undefined && row.created_by !== createdBy))
      throw new AppError('account_batches.not_found')
    return row
  }

  async function get(id: AccountBatchId, createdBy?: string): Promise<AccountBatch> {
    const row = await find(id, createdBy)
    return toBatch(row, (await countRows(db, [id]))(id))
  }

  return {
    preview,

    async create(wanted, actor, key) {
      const hash = createHash('sha256').update(JSON.stringify(wanted)).digest()
      if (key === undefined) return add(wanted, actor, undefined, hash)
      const requestKey = `${actor}:${key}`
      return database.withLock(
        `account-batch-key:${requestKey}`,
        async () => (await repeated(requestKey, hash)) ?? add(wanted, actor, requestKey, hash),
      )
    },

    async list({ createdBy, before, limit }) {
      let query = db.selectFrom('account_batches').selectAll()
      if (createdBy !== undefined) query = query.where('created_by', '=', createdBy)
      if (before !== undefined) query = query.where('id', '<', before)
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      const countsOf = await countRows(
        db,
        shown.map(({ id }) => id),
      )
      const batches = shown.map((row) => toBatch(row, countsOf(row.id)))
      return { batches, next: rows.length > limit ? shown.at(-1)?.id : undefined }
    },

    get,

    async rows(id, { states, after, limit }, createdBy) {
      await find(id, createdBy)
      let query = db.selectFrom('account_batch_rows').selectAll().where('batch_id', '=', id)
      if (states) query = query.where('state', 'in', states)
      if (after !== undefined) query = query.where('line', '>', after)
      const rows = await query
        .orderBy('line')
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      return { rows: shown.map(toBatchRow), next: rows.length > limit ? shown.at(-1)?.line : undefined }
    },

    async cancel(id, actor, createdBy) {
      await find(id, createdBy)
      await database.transaction((tx) => deps.ends.cancel(tx, id, actor))
      return get(id)
    },

    async retry(id, actor, { lines, createdBy } = {}) {
      await find(id, createdBy)
      await database.transaction(async (tx) => {
        await tx.selectFrom('account_batches').select('id').where('id', '=', id).forUpdate().execute()
        let query = tx
          .updateTable('account_batch_rows')
          .set({ state: 'waiting', attempts: 0, next_try_at: null, error_code: null, error_detail: null })
          .where('batch_id', '=', id)
          .where('state', '=', 'failed')
        if (lines) query = query.where('line', 'in', lines)
        const { numUpdatedRows } = await query.executeTakeFirst()
        if (numUpdatedRows === 0n) throw new AppError('account_batches.nothing_failed')
        await tx
          .updateTable('account_batches')
          .set({ status: 'running', acts_as: actor, ended_at: null, paused_until: null })
          .where('id', '=', id)
          .execute()
        const detail = { rows: Number(numUpdatedRows) }
        await audit.record(tx, { actor, action: 'account_batch.retried', subject: id, detail })
        await database.notify(tx, CHANNEL, id)
      })
      return get(id)
    },
  }
}

/** Waits for other batches that the actor adds, until the transaction ends. */
async function refuseTooMany(tx: Tx, actor: string): Promise<void> {
  await advisoryLock('account_batches.add', actor).execute(tx)
  const open = tx.selectFrom('account_batches').select('id').where('created_by', '=', actor)
  const rows = await open.where('ended_at', 'is', null).limit(MOST_OPEN).execute()
  if (rows.length === MOST_OPEN) {
    throw new AppError('account_batches.too_many', { retryAfterSeconds: RETRY_AFTER_SECONDS })
  }
}

function toRecord(batchId: AccountBatchId, row: CheckedRow) {
  return {
    batch_id: batchId,
    line: row.line,
    address: row.address,
    kind: row.kind,
    name: row.name,
    key: row.key ?? null,
    contact: row.contact,
    import_days: row.importDays ?? null,
    state: row.result === 'new' ? ('waiting' as const) : (row.result as 'already-connected' | 'duplicate'),
    duplicate_of: row.duplicateOf ?? null,
    email_account_id: row.emailAccountId ?? null,
  }
}
