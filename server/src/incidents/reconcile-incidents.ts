/**
 * Reconciles the open incidents with the states in one transaction: opens, joins, leaves, closes and reopens.
 *
 * One keeper at a time reads the states and writes (an advisory lock of the transaction), so decisions never use
 * outdated states. The unique index over open incidents protects against duplicates even without that lock.
 */
import { sql } from 'kysely'
import { advisoryLock, type Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import { newId, type EmailAccountId, type IncidentId } from '../kernel/ids.ts'
import { isTransient } from './causes.ts'
import { gather, type FoundCause, type HeldPlace } from './failure-causes.ts'
import { readTroubles } from './installation.ts'
import type { Affects } from './incident.ts'
import { addEntry, tell, tellAccounts, type IncidentRow, type NamedAccount } from './record.ts'
import type { IncidentSources } from './sources.ts'
import { readStates } from './states-now.ts'
import { allClearAfter, reminderPause, SAME_WITHIN_MS, SETTLES_FOR_MS, toldAfter } from './times.ts'

/** States of mailboxes that are being tried: no lasting error any more, and not read again yet. */
const UNPROVEN: readonly string[] = ['connecting', 'degraded']

export async function reconcile(tx: Tx, sources: IncidentSources, events: Events, now: Date): Promise<void> {
  await advisoryLock('incidents.write').execute(tx)
  const open = new Map(
    (await tx.selectFrom('incidents').selectAll().where('closed_at', 'is', null).forUpdate().execute()).map((row) => [
      nameOf(row.cause, row.cause_key),
      row,
    ]),
  )
  const states = await readStates(sources, tx, now)
  const held = await readHeld(tx, [...open.values()])
  const gathered = gather(states, {
    at: now,
    stays: (cause, key) => open.has(nameOf(cause, key)),
    heldBy: (id) => held.get(id),
  })
  const found = [...gathered, ...(await readTroubles(tx, now))]

  const elsewhere = new Set(found.flatMap(({ accounts }) => accounts.map(idOf)))

  for (const each of found) {
    const known = open.get(nameOf(each.cause, each.key))
    open.delete(nameOf(each.cause, each.key))
    if (known) await change(known, each)
    else await begin(each)
  }
  // The remaining open incidents were not found any more.
  for (const row of open.values()) await letGo(row)

  async function begin(found: FoundCause): Promise<void> {
    const before = await tx
      .selectFrom('incidents')
      .selectAll()
      .where('cause', '=', found.cause)
      .where('cause_key', '=', found.key)
      .where('closed_at', '>', new Date(now.getTime() - SAME_WITHIN_MS))
      .orderBy('closed_at', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst()
    if (before) await reopen(before, found)
    else await openNew(found)
  }

  async function openNew(found: FoundCause): Promise<void> {
    const id = newId<IncidentId>()
    const { subject, code } = found
    await tx
      .insertInto('incidents')
      .values({
        id,
        cause: found.cause,
        cause_key: found.key,
        subject_name: subject.name,
        cloud_provider_id: subject.cloudProviderId ?? null,
        grant_id: subject.grantId ?? null,
        email_account_id: subject.emailAccountId ?? null,
        tenant_id: subject.tenantId ?? null,
        code,
        detail: found.detail ?? null,
        since: found.since,
        opened_at: now,
        alert_at: alertAt(found),
      })
      .execute()
    await addEntry(tx, id, 'opened', now, { to: code, accounts: found.accounts.map(named) })
    await join(id, found)
    const row = { id, cause: found.cause, code }
    await tell(tx, events, 'incident.opened', row, now)
    await tellAccounts(tx, events, 'incident.joined', row, found.accounts.map(idOf), now)
  }

  /** Reopens an incident. Sends no second alert, unless an all-clear was sent. */
  async function reopen(before: IncidentRow, found: FoundCause): Promise<void> {
    const { id, cause } = before
    const wasTold = before.alerted_at !== null
    const saidOver = wasTold && before.all_clear_sent_at !== null && before.all_clear_at === null
    await tx
      .updateTable('incidents')
      .set((eb) => ({
        closed_at: null,
        code: found.code,
        detail: found.detail ?? null,
        all_clear_at: null,
        all_clear_sent_at: null,
        reopened: eb('reopened', '+', 1),
        alert_at: saidOver ? new Date(now.getTime() + SETTLES_FOR_MS) : wasTold ? null : alertAt(found),
        remind_at:
          wasTold && !saidOver && before.acknowledged_at === null
            ? new Date(now.getTime() + reminderPause(before.reminders))
            : null,
        // The acknowledgment ended with the all-clear; the return requires a new one.
        ...(saidOver ? { acknowledged_at: null, acknowledged_by: null } : {}),
      }))
      .where('id', '=', id)
      .execute()
    await addEntry(tx, id, 'reopened', now, { to: found.code, accounts: found.accounts.map(named) })
    await join(id, found)
    await tell(tx, events, 'incident.opened', { id, cause, code: found.code }, now)
    await tellAccounts(tx, events, 'incident.joined', { id, cause, code: found.code }, found.accounts.map(idOf), now)
  }

  async function change(row: IncidentRow, found: FoundCause): Promise<void> {
    const { id, cause } = row
    const isOther = row.code !== found.code
    const detail = found.detail ?? null
    if (row.detail !== detail) await tx.updateTable('incidents').set({ detail }).where('id', '=', id).execute()
    if (isOther) {
      await tx
        .updateTable('incidents')
        .set({
          code: found.code,
          // A failure that requires a user's action has no alert delay.
          ...(row.alert_at && { alert_at: earlier(row.alert_at, alertAt(found)) }),
        })
        .where('id', '=', id)
        .execute()
      await addEntry(tx, id, 'reason-changed', now, { from: row.code, to: found.code })
    }
    const members = await membersOf(id)
    const present = new Set<string>(
      members.filter(({ until }) => until === null).map(({ email_account_id }) => email_account_id),
    )
    const joined = found.accounts.filter((account) => !present.has(account.id))
    const affects = new Map<string, Affects>(members.map((member) => [member.email_account_id, member.affects]))
    const altered = found.accounts.filter((each) => present.has(each.id) && affects.get(each.id) !== each.affects)
    if (altered.length > 0) await join(id, { ...found, accounts: altered })
    const isFound = new Set<string>(found.accounts.map(idOf))
    const left = await leave(
      id,
      members.filter((member) => member.until === null && !isFound.has(member.email_account_id)),
    )
    if (joined.length > 0) {
      await join(id, { ...found, accounts: joined })
      await addEntry(tx, id, 'joined', now, { accounts: joined.map(named) })
    }
    const code = found.code
    if (isOther || row.detail !== detail || joined.length > 0 || altered.length > 0 || left.length > 0)
      await tell(tx, events, 'incident.changed', { id, cause, code }, now)
    await tellAccounts(tx, events, 'incident.joined', { id, cause, code }, joined.map(idOf), now)
    await tellAccounts(tx, events, 'incident.left', { id, cause, code }, left, now)
  }

  /**
   * Handles an incident that the current states no longer show. Mailboxes leave it when they have recovered or now
   * belong to another incident; it closes when all have left.
   */
  async function letGo(row: IncidentRow): Promise<void> {
    const present = (await membersOf(row.id)).filter(({ until }) => until === null)
    const left = await leave(row.id, present)
    const isUnproven = row.cause === 'provider' && row.cause_key === row.cloud_provider_id && isConnecting(row)
    const isOver = left.length === present.length && !isUnproven
    if (isOver) {
      const sendsAllClear = row.alerted_at !== null && row.all_clear_sent_at === null
      await tx
        .updateTable('incidents')
        .set({
          closed_at: now,
          alert_at: null,
          remind_at: null,
          all_clear_at: sendsAllClear ? new Date(now.getTime() + allClearAfter(row)) : null,
        })
        .where('id', '=', row.id)
        .execute()
      await addEntry(tx, row.id, 'closed', now)
      await tell(tx, events, 'incident.closed', row, now)
    } else if (left.length > 0) await tell(tx, events, 'incident.changed', row, now)
    await tellAccounts(tx, events, 'incident.left', row, left, now)
  }

  /** Returns true if the Cloud Provider was changed since the start of the incident and has not been checked yet. */
  function isConnecting({ cloud_provider_id: id, since }: IncidentRow): boolean {
    const connectingSince = id === null ? undefined : states.connectingProviders?.get(id)
    return connectingSince !== undefined && connectingSince > since
  }

  function membersOf(id: IncidentId) {
    return tx.selectFrom('incident_email_accounts').selectAll().where('incident_id', '=', id).execute()
  }

  async function join(id: IncidentId, { accounts }: Pick<FoundCause, 'accounts'>): Promise<void> {
    if (accounts.length === 0) return
    await tx
      .insertInto('incident_email_accounts')
      .values(
        accounts.map(({ id: email_account_id, name, address, since, affects }) => ({
          incident_id: id,
          ...{ email_account_id, name, address, since, affects },
        })),
      )
      // A mailbox that returns keeps its first start time; its end time is cleared.
      .onConflict((conflict) =>
        conflict
          .columns(['incident_id', 'email_account_id'])
          .doUpdateSet({ until: null, affects: sql<Affects>`excluded.affects` }),
      )
      .execute()
  }

  /**
   * Removes mailboxes that have recovered or now belong to another incident; the others stay. Returns the ids of the
   * removed ones.
   */
  async function leave(
    id: IncidentId,
    members: readonly { email_account_id: EmailAccountId; name: string; address: string }[],
  ): Promise<EmailAccountId[]> {
    const stateOf = await sources.emailAccounts.statesOf(
      tx,
      members.map(({ email_account_id }) => email_account_id),
    )
    const isUnproven = (id: EmailAccountId) => UNPROVEN.includes(stateOf.get(id) ?? '')
    const left = members.filter(({ email_account_id: each }) => !isUnproven(each) || elsewhere.has(each))
    if (left.length === 0) return []
    const ids = left.map(({ email_account_id }) => email_account_id)
    await tx
      .updateTable('incident_email_accounts')
      .set({ until: now })
      .where('incident_id', '=', id)
      .where('email_account_id', 'in', ids)
      .execute()
    await addEntry(tx, id, 'left', now, {
      accounts: left.map(({ email_account_id, name, address }) => ({ id: email_account_id, name, address })),
    })
    return ids
  }

  function alertAt({ code, since }: Pick<FoundCause, 'code' | 'since'>): Date {
    return new Date(Math.max(now.getTime() + SETTLES_FOR_MS, since.getTime() + toldAfter(code)))
  }
}

/** Open outage incident of each mailbox; the oldest if there are several. */
async function readHeld(tx: Tx, open: readonly IncidentRow[]): Promise<Map<EmailAccountId, HeldPlace>> {
  const outages = new Map(open.filter(({ code }) => isTransient(code)).map((row) => [row.id, row]))
  if (outages.size === 0) return new Map()
  const members = await tx
    .selectFrom('incident_email_accounts')
    .select(['incident_id', 'email_account_id'])
    .where('incident_id', 'in', [...outages.keys()])
    .where('until', 'is', null)
    .orderBy('incident_id', 'desc')
    .execute()
  return new Map(
    members.map(({ incident_id: id, email_account_id: accountId }) => {
      const row = outages.get(id)!
      const subject = {
        name: row.subject_name,
        cloudProviderId: row.cloud_provider_id ?? undefined,
        grantId: row.grant_id ?? undefined,
        emailAccountId: row.email_account_id ?? undefined,
        tenantId: row.tenant_id ?? undefined,
      }
      return [accountId, { place: { cause: row.cause, key: row.cause_key, subject }, code: row.code }]
    }),
  )
}

function nameOf(cause: string, key: string): string {
  return `${cause} ${key}`
}

function idOf({ id }: NamedAccount): EmailAccountId {
  return id
}

function named({ id, name, address }: NamedAccount): NamedAccount {
  return { id, name, address }
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}
