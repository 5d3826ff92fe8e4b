import type { Selectable } from 'kysely'
import type { AuditLog } from '../../audit/index.ts'
import { allOwnAddresses, type ErasedPerson, type ErasureOfMail } from '../../conversations/index.ts'
import { isUniqueViolation, searchedTexts, type Database, type Schema } from '../../database/index.ts'
import type { EmailAccounts } from '../../email-accounts/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type ErasureId } from '../../kernel/ids.ts'
import { countOutboxTo } from '../../submission/index.ts'
import { EMPTY_REPORT, type ErasureReport } from './erasure-report.ts'
import { createErasurePreviews, type ErasurePreview } from './erasure-previews.ts'

/** Addresses of one person. */
export const MOST_ADDRESSES = 10
const MOST_LISTED = 100

export interface Erasure {
  id: ErasureId
  actor: string
  startedAt: Date
  /** Undefined while it runs. */
  endedAt: Date | undefined
  /** Code of the error that keeps it from continuing; it is tried again each minute. */
  failedAs: string | undefined
  report: ErasureReport
}

export interface ErasuresDeps {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  emailAccounts: Pick<EmailAccounts, 'list'>
  mail: ErasureOfMail
}

export interface Erasures {
  /**
   * Counts what an erasure would delete. Nothing is changed.
   *
   * @throws AppError `retention.own_address`
   */
  preview(addresses: readonly string[]): Promise<ErasurePreview>
  /**
   * Starts an erasure, which continues in the background.
   *
   * @param confirmed  the first address, as the admin typed it
   * @throws AppError `retention.own_address`, `retention.erasure_not_confirmed`, `retention.mail_in_outbox`,
   *   `retention.erasure_running`
   */
  start(addresses: readonly string[], confirmed: string, actor: string): Promise<Erasure>
  /** @throws AppError `retention.erasure_not_found` */
  get(id: ErasureId): Promise<Erasure>
  /** Newest first. */
  list(): Promise<Erasure[]>
  /**
   * Ended erasures whose mail is imported again, because an admin gave up the key of its hashes. Newest first. None once
   * another erasure has begun: it has a new key.
   */
  listUnprotected(): Promise<Erasure[]>
}

export function createErasures(deps: ErasuresDeps & { onStart: () => void }): Erasures {
  const { database, clock, events, audit, mail, onStart } = deps
  const { db } = database
  const previewOf = createErasurePreviews(deps)

  async function start(addresses: readonly string[], confirmed: string, actor: string): Promise<Erasure> {
    const person = await personOf(deps, addresses)
    if (confirmed.trim().toLowerCase() !== person.addresses[0]) {
      throw new AppError('retention.erasure_not_confirmed', { field: 'confirm' })
    }
    const wanted = new Set(person.addresses)
    const [id, at] = [newId<ErasureId>(), clock.now()]
    try {
      await database.creation(async (tx) => {
        await tx
          .insertInto('erasures')
          .values({
            id,
            actor,
            started_at: at,
            addresses: [...person.addresses],
            position: null,
            failed_as: null,
            ended_at: null,
            report: JSON.stringify(EMPTY_REPORT),
          }) // prettier-ignore
          .execute()
        const isTheirs = ({ address }: { address: string }) => wanted.has(address.toLowerCase())
        if ((await countOutboxTo(tx, person.patterns, isTheirs)) > 0) throw new AppError('retention.mail_in_outbox')
        await mail.begin(tx, person.addresses, at)
        await audit.record(tx, { actor, action: 'erasure.started', subject: id, detail: { addresses: wanted.size } })
        await events.append(tx, { kind: 'erasure.started', subjectId: id, payload: { by: actor }, at })
      })
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('retention.erasure_running', { cause: error })
      throw error
    }
    onStart()
    return get(id)
  }

  async function get(id: ErasureId): Promise<Erasure> {
    const row = await db.selectFrom('erasures').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('retention.erasure_not_found')
    return toErasure(row)
  }

  async function list(): Promise<Erasure[]> {
    const rows = await db.selectFrom('erasures').selectAll().orderBy('id', 'desc').limit(MOST_LISTED).execute()
    return rows.map(toErasure)
  }

  async function listUnprotected(): Promise<Erasure[]> {
    if (!(await mail.isProtectionLost())) return []
    return (await list()).filter(({ endedAt }) => endedAt !== undefined)
  }

  const preview = async (addresses: readonly string[]) => previewOf(await personOf(deps, addresses))
  return { preview, start, get, list, listUnprotected }
}

function toErasure(row: Selectable<Schema['erasures']>): Erasure {
  return {
    id: row.id,
    actor: row.actor,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    failedAs: row.failed_as ?? undefined,
    report: row.report as ErasureReport,
  }
}

/** The person with these addresses. Refuses those of the mailboxes and of the team. */
export async function personOf(
  { database }: Pick<ErasuresDeps, 'database'>,
  addresses: readonly string[],
): Promise<ErasedPerson> {
  const wanted = [...new Set(addresses.map((address) => address.trim().toLowerCase()))]
  const own = await allOwnAddresses(database.db)
  const index = wanted.findIndex((address) => own.has(address))
  if (index >= 0) throw new AppError('retention.own_address', { field: `addresses.${index}` })
  return { addresses: wanted, patterns: searchedTexts(wanted).patterns, own }
}
