import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount } from '../../email-accounts/index.ts'
import type { Events } from '../../events/index.ts'
import { backoffMs } from '../../kernel/backoff.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import type { ReadingTransport } from '../../transports/index.ts'
import { isOfOneMessage, type FileOne } from './file-messages.ts'
import type { Lease, Leases } from '../scheduling/leases.ts'

const MOST_AT_A_TIME = 20
const SHORTEST_PAUSE_MS = 60 * 60_000
const LONGEST_PAUSE_MS = 24 * 60 * 60_000

const MOST_IDS_IN_A_LINE = 5

/** Message that could not be stored, with the reason. */
export interface FilingFailure {
  remoteId: string
  error: unknown
}

export interface UnfiledMessagesDeps {
  database: Database
  clock: Clock
  events: Events
  leases: Leases
  log: Log
  fileOne: FileOne
}

export type UnfiledMessages = ReturnType<typeof createUnfiledMessages>

/**
 * Messages that could not be stored. Each is set aside, so that it does not block later ones. It is retried in the
 * first run of its account in each process, because a newer version may be able to store it. Further retries use
 * exponential backoff.
 */
export function createUnfiledMessages({ database, clock, events, leases, log, fileOne }: UnfiledMessagesDeps) {
  const begunWith = new Set<EmailAccountId>()

  /** Stores that a message could not be filed. The caller reports it, after its transaction. */
  async function setAside(
    tx: Tx,
    account: EmailAccount,
    { remoteId, folderRemoteId }: { remoteId: string; folderRemoteId: string },
    error: unknown,
  ): Promise<void> {
    await tx
      .insertInto('unfiled_messages')
      .values({
        email_account_id: account.id,
        remote_id: remoteId,
        folder_remote_id: folderRemoteId,
        reason: AppError.from(error).code,
        at: clock.now(),
        next_try_at: new Date(clock.now().getTime() + SHORTEST_PAUSE_MS),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await events.append(tx, {
      kind: 'message.filing_failed',
      emailAccountId: account.id,
      subjectId: remoteId,
      payload: { folderRemoteId },
      at: clock.now(),
    })
  }

  /** Writes one line per cause, because a fault of Postkey can concern every message of a page. */
  function report(account: EmailAccount, failures: readonly FilingFailure[]): void {
    for (const [first, ...more] of Map.groupBy(failures, causeOf).values()) {
      if (!first) continue
      const remoteIds = [first, ...more].slice(0, MOST_IDS_IN_A_LINE).map(({ remoteId }) => remoteId)
      const about = { err: first.error, emailAccountId: account.id, count: more.length + 1, remoteIds }
      log.error(about, 'Messages could not be stored')
    }
  }

  /** @param firstDueAt time of the earliest retry; undefined if there is none */
  async function retry(lease: Lease, transport: ReadingTransport, firstDueAt: Date | undefined): Promise<void> {
    const { account } = lease
    const dueAt = begunWith.has(account.id) ? clock.now() : new Date(clock.now().getTime() + LONGEST_PAUSE_MS)
    begunWith.add(account.id)
    if (!firstDueAt || firstDueAt > dueAt) return
    const rows = await database.db
      .selectFrom('unfiled_messages')
      .select(['remote_id', 'attempts'])
      .where('email_account_id', '=', account.id)
      .where((eb) => eb.or([eb('next_try_at', 'is', null), eb('next_try_at', '<=', dueAt)]))
      .orderBy('next_try_at')
      .limit(MOST_AT_A_TIME)
      .execute()
    const failures: FilingFailure[] = []
    for (const { remote_id: remoteId, attempts } of rows) {
      try {
        // Messages of the other protocol arrive again by the current one.
        const found = transport.owns(remoteId) ? await transport.fetchMessage(remoteId) : undefined
        await leases.write(lease, async (tx) => {
          // Deleted or moved meanwhile, so there is nothing to store.
          if (found) await fileOne(tx, account, found)
          await tx
            .deleteFrom('unfiled_messages')
            .where('email_account_id', '=', account.id)
            .where('remote_id', '=', remoteId)
            .execute()
        })
      } catch (error) {
        if (!isOfOneMessage(error)) throw error
        await leases.write(lease, (tx) => postpone(tx, account, remoteId, attempts, error))
        failures.push({ remoteId, error })
      }
    }
    report(account, failures)
  }

  async function postpone(
    tx: Tx,
    account: EmailAccount,
    remoteId: string,
    attempts: number,
    error: unknown,
  ): Promise<void> {
    const pauseMs = backoffMs({ first: SHORTEST_PAUSE_MS, longest: LONGEST_PAUSE_MS, jitter: 0 }, attempts)
    await tx
      .updateTable('unfiled_messages')
      .set({
        attempts: attempts + 1,
        reason: AppError.from(error).code,
        next_try_at: new Date(clock.now().getTime() + pauseMs),
      })
      .where('email_account_id', '=', account.id)
      .where('remote_id', '=', remoteId)
      .execute()
  }

  async function countOf(id: EmailAccountId): Promise<number> {
    const { rows } = await sql<{
      n: number
    }>`SELECT count(*)::integer AS n FROM unfiled_messages WHERE email_account_id = ${id}`.execute(database.db)
    return rows[0]!.n
  }

  return { setAside, report, retry, countOf }
}

/** Distinguishes errors by type and code: messages of errors contain parts of the mail. */
function causeOf({ error }: FilingFailure): string {
  const origin = error instanceof AppError && error.cause !== undefined ? error.cause : error
  const { name, code } = origin as { name?: unknown; code?: unknown }
  return [AppError.from(error).code, name, code].join(' ')
}
