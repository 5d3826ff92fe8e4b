/** Alerts of an incident: one when it opens, reminders with growing intervals, and one all-clear. */
import type { AlertKind, Alerts } from '../alerts/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { IncidentId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { IncidentEntryKind } from './incident.ts'
import { composeAlert, type Occasion } from './alert-words.ts'
import { listAccounts, namesFor, type ScriptNamesOf } from './names.ts'
import { listRecipients } from './recipients.ts'
import { addEntry, tell, type IncidentRow } from './record.ts'
import { knownCode } from '../kernel/errors.ts'
import type { IncidentSources } from './sources.ts'
import { reminderPause } from './times.ts'
import { wordsFor } from './words.ts'

const KIND_OF: Readonly<Record<Occasion, AlertKind>> = {
  opened: 'incident.opened',
  again: 'incident.opened',
  reminder: 'incident.reminded',
  'all-clear': 'incident.closed',
}

const ENTRY_OF: Readonly<Record<Occasion, IncidentEntryKind>> = {
  opened: 'alerted',
  again: 'alerted',
  reminder: 'reminded',
  'all-clear': 'all-clear',
}

export function createTelling(deps: {
  database: Database
  clock: Clock
  events: Events
  log: Log
  alerts: Pick<Alerts, 'enqueue'>
  publicUrl: string
  scriptNamesOf: ScriptNamesOf
  sources: IncidentSources
}) {
  const { database, clock, events, log, alerts, publicUrl, sources } = deps

  /** Sends due alerts, each in a separate transaction, so that one failure does not block the others. */
  async function tellDue(): Promise<void> {
    const now = clock.now()
    const due = await database.db
      .selectFrom('incidents')
      .select('id')
      .where((eb) => eb.or([eb('alert_at', '<=', now), eb('remind_at', '<=', now), eb('all_clear_at', '<=', now)]))
      .orderBy('id')
      .execute()
    for (const { id } of due) {
      await database
        .transaction((tx) => tellOne(tx, id, now))
        .catch((error: unknown) => log.warn({ err: error, incidentId: id }, 'An incident could not be told'))
    }
  }

  /** Sends one alert. Checks again under the lock, because another process may have sent it. */
  async function tellOne(tx: Tx, id: IncidentId, now: Date): Promise<void> {
    const row = await tx.selectFrom('incidents').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row) return
    if (row.closed_at === null) {
      if (row.alert_at && row.alert_at <= now) await alert(tx, row, now)
      else if (row.remind_at && row.remind_at <= now) await remind(tx, row, now)
    } else if (row.all_clear_at && row.all_clear_at <= now) await allClear(tx, row, now)
  }

  async function alert(tx: Tx, row: IncidentRow, now: Date): Promise<void> {
    const occasion = row.alerted_at === null ? 'opened' : 'again'
    await send(tx, row, occasion, occasion === 'opened' ? 'opened' : `again:${row.reopened}`)
    await tx
      .updateTable('incidents')
      .set({
        alert_at: null,
        alerted_at: row.alerted_at ?? now,
        remind_at: row.acknowledged_at === null ? new Date(now.getTime() + reminderPause(row.reminders)) : null,
      })
      .where('id', '=', row.id)
      .execute()
  }

  async function remind(tx: Tx, row: IncidentRow, now: Date): Promise<void> {
    const reminders = row.reminders + 1
    await send(tx, row, 'reminder', `reminder:${reminders}`)
    await tx
      .updateTable('incidents')
      .set({ reminders, remind_at: new Date(now.getTime() + reminderPause(reminders)) })
      .where('id', '=', row.id)
      .execute()
  }

  async function allClear(tx: Tx, row: IncidentRow, now: Date): Promise<void> {
    await send(tx, row, 'all-clear', `all-clear:${row.reopened}`)
    await tx
      .updateTable('incidents')
      .set({ all_clear_at: null, all_clear_sent_at: now })
      .where('id', '=', row.id)
      .execute()
  }

  async function send(tx: Tx, row: IncidentRow, occasion: Occasion, key: string): Promise<void> {
    const accounts = await listAccounts(sources, tx, row)
    const affected = new Map([[row.id, accounts.affected]])
    const names = (await namesFor(deps, tx, [row], affected)).get(row.id)!
    const words = wordsFor(knownCode(row.code), names)
    const url = `${publicUrl}/incidents/${row.id}`
    const { to, passedBy } = await listRecipients(sources, tx, row, accounts)
    await alerts.enqueue(tx, {
      key: `incident:${row.id}:${key}`,
      kind: KIND_OF[occasion],
      to,
      passedBy,
      incidentId: row.id,
      ...composeAlert(occasion, { row, words, accounts, provider: names.provider, url, now: clock.now() }),
      payload: {
        incidentId: row.id,
        occasion,
        cause: row.cause,
        subject: row.subject_name,
        code: row.code,
        title: words.title,
        detail: row.detail,
        who: words.who,
        where: words.where,
        fix: words.fix,
        commands: words.commands,
        since: row.since,
        openedAt: row.opened_at,
        closedAt: row.closed_at,
        emailAccounts: accounts.affected.map(({ id, name, address, since, until }) => ({
          id,
          name,
          address,
          since,
          until,
        })),
        alsoDependent: accounts.dependent.map(({ id, name, address }) => ({ id, name, address })),
        url,
      },
    })
    await addEntry(tx, row.id, ENTRY_OF[occasion], clock.now(), { recipients: to })
    await tell(tx, events, 'incident.changed', row, clock.now())
  }

  return { tellDue }
}
