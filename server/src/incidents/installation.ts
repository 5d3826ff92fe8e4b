/** Problems of this installation, reported by the code that detects them. The keeper turns open ones into incidents. */
import { advisoryLock, type Database, type Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { type ErrorCode, knownCode } from '../kernel/errors.ts'
import { newId, type IncidentId, type InstallationTroubleId } from '../kernel/ids.ts'
import type { FoundCause } from './failure-causes.ts'
import { addEntry, tell } from './record.ts'
import { TEXTS } from './texts.ts'
import { SAME_WITHIN_MS, toldAfter } from './times.ts'

export interface TroubleKey {
  code: ErrorCode
  /** Host that has the problem. When absent, it concerns the whole installation, and its workers share one incident. */
  server?: string | undefined
}

export interface OpenTrouble extends TroubleKey {
  /** Measured values and the effect, in one or two sentences. Shown to admins and sent in alerts. */
  detail: string
  /** Start of the problem; the current time by default. */
  since?: Date | undefined
  /** For a problem of one host: ends it when the host stops reporting. Report it again before this time. */
  expiresAt?: Date | undefined
}

export interface PastTrouble extends TroubleKey {
  detail: string
  since: Date
  endedAt: Date
}

export interface Installation {
  /** Opens an incident, or updates the detail and the expiry of the open one. Safe to repeat. */
  open(trouble: OpenTrouble): Promise<void>
  /** Closes the incident. Does nothing when none is open. */
  end(key: TroubleKey): Promise<void>
  /**
   * Stores a closed incident, for a problem that prevented its storage in the database. Overlapping reports become one
   * incident. Admins get one alert if it lasted as long as the alert delay of an open incident.
   */
  record(trouble: PastTrouble): Promise<void>
}

export function createInstallation({
  database,
  clock,
  events,
  poke,
}: {
  database: Database
  clock: Clock
  events: Events
  /** Makes the keeper read the problems at once. */
  poke: () => void
}): Installation {
  async function open({ code, server = '', detail, since, expiresAt }: OpenTrouble): Promise<void> {
    await database.db
      .insertInto('installation_troubles')
      .values({
        id: newId<InstallationTroubleId>(),
        code,
        server,
        detail,
        since: since ?? clock.now(),
        expires_at: expiresAt ?? null,
        ended_at: null,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['code', 'server'])
          .where('ended_at', 'is', null)
          .doUpdateSet({ detail, expires_at: expiresAt ?? null }),
      )
      .execute()
    poke()
  }

  async function end({ code, server = '' }: TroubleKey): Promise<void> {
    const { numUpdatedRows } = await database.db
      .updateTable('installation_troubles')
      .set({ ended_at: clock.now() })
      .where('code', '=', code)
      .where('server', '=', server)
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) poke()
  }

  async function record(trouble: PastTrouble): Promise<void> {
    await database.transaction(async (tx) => {
      await advisoryLock('incidents.write').execute(tx)
      if (await extend(tx, trouble)) return
      const { code, server = '', detail, since, endedAt } = trouble
      const id = newId<IncidentId>()
      await tx
        .insertInto('incidents')
        .values({
          id,
          cause: 'installation',
          cause_key: keyOf(code, server),
          subject_name: server || TEXTS.thisInstallation,
          code,
          detail,
          since,
          opened_at: since,
          closed_at: endedAt,
          all_clear_at: alertAt(trouble),
        })
        .execute()
      await addEntry(tx, id, 'opened', since, { to: code })
      await addEntry(tx, id, 'closed', endedAt)
      await tell(tx, events, 'incident.closed', { id, cause: 'installation', code }, clock.now())
    })
    poke()
  }

  /**
   * Extends an incident that another worker recorded for the same outage, or keeps one that is still open. Returns
   * false if there is none.
   */
  async function extend(tx: Tx, trouble: PastTrouble): Promise<boolean> {
    const { code, server = '', since, endedAt } = trouble
    const row = await tx
      .selectFrom('incidents')
      .selectAll()
      .where('cause', '=', 'installation')
      .where('cause_key', '=', keyOf(code, server))
      .where('since', '<=', endedAt)
      .where((eb) => eb.or([eb('closed_at', 'is', null), eb('closed_at', '>=', since)]))
      .orderBy('since', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst()
    if (!row) return false
    if (row.closed_at === null) return true
    const whole = { ...trouble, since: earlier(row.since, since), endedAt: later(row.closed_at, endedAt) }
    await tx
      .updateTable('incidents')
      .set({
        since: whole.since,
        closed_at: whole.endedAt,
        ...(row.all_clear_sent_at === null && row.all_clear_at === null && { all_clear_at: alertAt(whole) }),
      })
      .where('id', '=', row.id)
      .execute()
    return true
  }

  /**
   * Time of the alert; `null` if the problem was too short. The delay combines the reports of all workers into one
   * alert.
   */
  function alertAt({ code, since, endedAt }: PastTrouble): Date | null {
    const lastedMs = endedAt.getTime() - since.getTime()
    return lastedMs >= toldAfter(code) ? new Date(clock.now().getTime() + SAME_WITHIN_MS) : null
  }

  return { open, end, record }
}

/** Open problems as causes of incidents. Ends those whose host stopped reporting. */
export async function readTroubles(tx: Tx, now: Date): Promise<FoundCause[]> {
  await tx
    .updateTable('installation_troubles')
    .set({ ended_at: now })
    .where('ended_at', 'is', null)
    .where('expires_at', '<=', now)
    .execute()
  const rows = await tx
    .selectFrom('installation_troubles')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ code, server, detail, since }) => ({
    cause: 'installation',
    key: keyOf(code, server),
    subject: {
      name: server || TEXTS.thisInstallation,
      cloudProviderId: undefined,
      grantId: undefined,
      emailAccountId: undefined,
      tenantId: undefined,
    },
    code: knownCode(code),
    detail,
    since,
    accounts: [],
  }))
}

function keyOf(code: string, server: string): string {
  return `${code}:${server}`
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b
}
