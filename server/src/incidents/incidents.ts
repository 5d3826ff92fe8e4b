import type { VisibleAccounts } from '../events/index.ts'
import { AppError, knownCode, storedReason } from '../kernel/errors.ts'
import type { EmailAccountId, IncidentId } from '../kernel/ids.ts'
import type { AffectedEmailAccount, Incident, IncidentDetails, IncidentEntry, IncidentEntryKind } from './incident.ts'
import { createInstallation, type Installation } from './installation.ts'
import { createKeeper, type IncidentsDeps } from './keeper.ts'
import { listAccounts, namesFor } from './names.ts'
import { addEntry, tell, type IncidentRow } from './record.ts'
import { wordsFor } from './words.ts'

export interface IncidentFilter {
  /** Limits the list to open or closed incidents; both when absent. */
  state?: 'open' | 'closed' | undefined
  /** Limits the list to incidents of these mailboxes, and hides other mailboxes in them. */
  emailAccountIds: VisibleAccounts
  emailAccountId?: EmailAccountId | undefined
  before?: IncidentId | undefined
  limit: number
}

export interface Incidents {
  /** Incidents in descending order, newest first. */
  list(filter: IncidentFilter): Promise<{ incidents: Incident[]; next: IncidentId | undefined }>
  get(id: IncidentId): Promise<IncidentDetails>
  /** Acknowledges an incident, which stops its reminders. The all-clear is still sent. */
  acknowledge(id: IncidentId, actor: string): Promise<IncidentDetails>
  /** Number of open incidents by cause. */
  openCounts(): Promise<Partial<Record<Incident['cause'], number>>>
  /** Receives reports of problems of this installation. */
  installation: Installation

  /** Starts checking the states, until {@link stop}. Any number of processes may run it. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Checks the states immediately; used in tests. */
  look(): Promise<void>
}

export function createIncidents(deps: IncidentsDeps): Incidents {
  const { database, clock, events } = deps
  const { db } = database
  const keeper = createKeeper(deps)

  async function list(filter: IncidentFilter) {
    const { state, emailAccountIds, emailAccountId, before, limit } = filter
    let query = db.selectFrom('incidents').selectAll('incidents').orderBy('id', 'desc').limit(limit)
    if (state === 'open') query = query.where('closed_at', 'is', null)
    if (state === 'closed') query = query.where('closed_at', 'is not', null)
    if (before !== undefined) query = query.where('id', '<', before)
    const only = emailAccountId === undefined ? emailAccountIds : [emailAccountId]
    if (only !== 'all') {
      if (only.length === 0) return { incidents: [], next: undefined }
      query = query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('incident_email_accounts')
            .select('incident_id')
            .whereRef('incident_id', '=', 'incidents.id')
            .where('email_account_id', 'in', [...only]),
        ),
      )
    }
    const rows = await query.execute()
    return {
      incidents: await incidentsOf(deps, rows, emailAccountIds),
      next: rows.length < limit ? undefined : rows.at(-1)!.id,
    }
  }

  async function get(id: IncidentId): Promise<IncidentDetails> {
    const row = await db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('incidents.not_found')
    const [incident] = await incidentsOf(deps, [row], 'all')
    const entries = await db
      .selectFrom('incident_entries')
      .selectAll()
      .where('incident_id', '=', id)
      .orderBy('id')
      .execute()
    const { dependent } = await listAccounts(deps.sources, db, row)
    return { ...incident!, dependent, timeline: entries.map(entryOf) }
  }

  async function acknowledge(id: IncidentId, actor: string): Promise<IncidentDetails> {
    await database.transaction(async (tx) => {
      const row = await tx.selectFrom('incidents').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
      if (!row) throw new AppError('incidents.not_found')
      if (row.closed_at) throw new AppError('incidents.closed')
      if (row.acknowledged_at) return
      await tx
        .updateTable('incidents')
        .set({ acknowledged_at: clock.now(), acknowledged_by: actor, remind_at: null })
        .where('id', '=', id)
        .execute()
      await addEntry(tx, id, 'acknowledged', clock.now(), { by: actor })
      await tell(tx, events, 'incident.changed', row, clock.now())
    })
    return get(id)
  }

  async function openCounts(): Promise<Partial<Record<Incident['cause'], number>>> {
    const rows = await db
      .selectFrom('incidents')
      .select(['cause', ({ fn }) => fn.countAll<number>().as('count')])
      .where('closed_at', 'is', null)
      .groupBy('cause')
      .execute()
    return Object.fromEntries(rows.map(({ cause, count }) => [cause, count]))
  }

  const { poke, ...watch } = keeper
  return { list, get, acknowledge, openCounts, installation: createInstallation({ ...deps, poke }), ...watch }
}

async function incidentsOf(
  deps: Pick<IncidentsDeps, 'database' | 'scriptNamesOf' | 'sources'>,
  rows: readonly IncidentRow[],
  visible: VisibleAccounts,
): Promise<Incident[]> {
  if (rows.length === 0) return []
  const { db } = deps.database
  const found = await db
    .selectFrom('incident_email_accounts')
    .selectAll()
    .where(
      'incident_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('name')
    .orderBy('email_account_id')
    .execute()
  const members = new Map<IncidentId, AffectedEmailAccount[]>(rows.map(({ id }) => [id, []]))
  for (const { incident_id: of, email_account_id: id, until, ...row } of found) {
    const { name, address, since, affects } = row
    members.get(of)!.push({ id, name, address, since, until: until ?? undefined, affects })
  }
  const seen = new Set<EmailAccountId>(visible === 'all' ? [] : visible)
  const affected =
    visible === 'all'
      ? members
      : new Map([...members].map(([id, accounts]) => [id, accounts.filter((account) => seen.has(account.id))]))
  const names = await namesFor(deps, db, rows, members, affected)
  return rows.map((row) => {
    const code = knownCode(row.code)
    const of = affected.get(row.id) ?? []
    return {
      id: row.id,
      cause: row.cause,
      subject: {
        name: row.subject_name,
        cloudProviderId: row.cloud_provider_id ?? undefined,
        grantId: row.grant_id ?? undefined,
        emailAccountId: row.email_account_id ?? undefined,
        tenantId: row.tenant_id ?? undefined,
      },
      reason: storedReason(code),
      words: wordsFor(code, names.get(row.id)!),
      detail: row.detail ?? undefined,
      since: row.since,
      openedAt: row.opened_at,
      closedAt: row.closed_at ?? undefined,
      alertedAt: row.alerted_at ?? undefined,
      nextAlertAt: row.alert_at ?? row.remind_at ?? row.all_clear_at ?? undefined,
      reminders: row.reminders,
      reopened: row.reopened,
      acknowledgedAt: row.acknowledged_at ?? undefined,
      acknowledgedBy: row.acknowledged_by ?? undefined,
      affected: of,
    }
  })
}

function entryOf(row: { id: number; kind: string; at: Date; payload: unknown }): IncidentEntry {
  const payload = row.payload as Partial<IncidentEntry>
  return {
    id: row.id,
    kind: row.kind as IncidentEntryKind,
    at: row.at,
    accounts: payload.accounts ?? [],
    from: payload.from,
    to: payload.to,
    by: payload.by,
    recipients: payload.recipients ?? [],
  }
}
