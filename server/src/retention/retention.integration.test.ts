import { once } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createAudit } from '../audit/index.ts'
import { createConversations } from '../conversations/index.ts'
import { createDatabase } from '../database/index.ts'
import { createEvents } from '../events/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { newId } from '../kernel/ids.ts'
import { roundFigures } from '../kernel/rounds.ts'
import {
  createTestClock,
  customerMessage,
  silentLog,
  storeEmailAccount,
  storeFolder,
  testDatabase,
} from '../../test/kit/index.ts'
import { beginRound } from './hourly-rounds.ts'
import { createRetention } from './index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const database = await testDatabase()
const { pool } = database
const clock = createTestClock('2026-06-01T12:00:00Z')
const audit = createAudit(database, clock)
const retention = createRetention({
  ...{ database, clock, audit, log: silentLog, days: 90, batchRows: 7 },
  events: createEvents(database),
  mail: createConversations({ database, clock, events: createEvents(database) }).erasure,
  emailAccounts: { list: () => Promise.resolve([]), ignoreMailBefore: () => Promise.resolve() },
})
const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS)

beforeEach(() => pool.query('TRUNCATE events, proofs_of_life, alerts, incidents, installation_retention CASCADE'))

async function event(kind: string, subject: string, days: number): Promise<void> {
  await pool.query('INSERT INTO events (kind, subject_id, payload, at) VALUES ($1, $2, $3, $4)', [
    ...[kind, subject, '{}', daysAgo(days)],
  ])
}

async function events(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT kind || ' ' || subject_id || ' ' || ($1::date - at::date) AS name FROM events ORDER BY id`,
    [clock.now()],
  )
  return rows.map(({ name }) => name)
}

describe('old events', () => {
  it('are deleted in batches after 90 full days of UTC, as previewed, and newer ones are kept', async () => {
    // Written by a process whose clock was ahead.
    await event('message.received', 'first', 1)
    for (let n = 0; n < 50; n++) await event('message.received', String(n), 91)
    for (let n = 50; n < 60; n++) await event('message.received', String(n), 89)
    // On the same day, but earlier than now.
    await event('message.received', 'early', 90.25)
    const ages = { eventsDays: undefined, alertsDays: undefined, auditDays: undefined, signInsDays: undefined }
    expect(await retention.previews.ofInstallation(ages)).toMatchObject({ events: 50 })
    expect(await retention.sweep()).toMatchObject({ events: 50, proofs: 0, alerts: 0, drafts: 0, actions: 0 })
    expect(await events()).toEqual([
      'message.received first 1',
      ...Array.from({ length: 10 }, (_, n) => `message.received ${n + 50} 89`),
      'message.received early 90',
    ])
  })

  it('are kept when the health history of a day starts with them', async () => {
    for (const days of [300, 200, 100]) {
      await event('email_account.state_changed', 'a', days)
      await event('grant.refreshed', 'a', days)
    }
    await event('email_account.state_changed', 'b', 400)
    await event('message.received', 'c', 1)
    await retention.sweep()
    expect((await events()).sort()).toEqual([
      'email_account.state_changed a 100',
      'email_account.state_changed b 400',
      'grant.refreshed a 100',
      'message.received c 1',
    ])
  })

  it('keep the newest one, which records the last activity of this database', async () => {
    await event('message.received', 'a', 200)
    await event('message.received', 'b', 199)
    await retention.sweep()
    expect(await events()).toEqual(['message.received b 199'])
  })
})

it('retention deletes counts of wrong passwords that expired a day ago, and no others', async () => {
  const dayAgo = clock.now().getTime() - 24 * 60 * 60 * 1000
  await pool.query(`INSERT INTO sign_in_attempts VALUES ('old', 10, $1), ('current', 10, $2)`, [dayAgo - 1, dayAgo])
  expect(await retention.sweep()).toMatchObject({ signInAttempts: 1 })
  expect((await pool.query('SELECT key FROM sign_in_attempts')).rows).toEqual([{ key: 'current' }])
})

it('retention deletes old read records, except the newest of each mailbox', async () => {
  const { id } = await storeEmailAccount(database, clock)
  for (let days = 120; days >= 100; days--) {
    await pool.query('INSERT INTO proofs_of_life VALUES ($1, $2, $2)', [id, daysAgo(days)])
  }
  expect(await retention.sweep()).toMatchObject({ proofs: 20 })
  const { rows } = await pool.query<{ to_at: Date }>('SELECT to_at FROM proofs_of_life')
  expect(rows.map(({ to_at }) => to_at)).toEqual([daysAgo(100)])
})

it('retention deletes old settled alerts whose incident, if any, was closed long ago, and no others', async () => {
  await alert('closed and delivered', { closedDaysAgo: 100, state: 'delivered' })
  await alert('still waiting', { closedDaysAgo: 100, state: 'waiting' })
  await alert('incident open', { closedDaysAgo: undefined, state: 'delivered' })
  await alert('closed lately', { closedDaysAgo: 10, state: 'delivered' })
  await alert('no incident', { state: 'delivered', incident: false })
  await alert('no incident, new', { state: 'delivered', incident: false, createdDaysAgo: 30 })
  await alert('no incident, waiting', { state: 'waiting', incident: false })
  expect(await retention.sweep()).toMatchObject({ alerts: 2 })
  const { rows } = await pool.query<{ key: string }>('SELECT key FROM alerts ORDER BY key')
  expect(rows.map(({ key }) => key)).toEqual([
    ...['closed lately', 'incident open', 'no incident, new', 'no incident, waiting', 'still waiting'],
  ])
})

it('retention deletes drafts a day after they were discarded, with their attachments, and no others', async () => {
  const { id } = await storeEmailAccount(database, clock)
  const hours = (count: number) => new Date(clock.now().getTime() - count * 60 * 60 * 1000)
  for (const discardedAt of [hours(25), hours(23), null]) {
    const draftId = newId()
    await pool.query(
      `INSERT INTO drafts (id, email_account_id, author_id, content, version, updated_at, discarded_at)
       VALUES ($1, $2, 'ben', '{}', 1, $3, $4)`,
      [draftId, id, daysAgo(400), discardedAt],
    )
    await pool.query(`INSERT INTO draft_attachments VALUES ($1, $2, 'a', 'a/b', NULL, false, 1, 'a')`, [
      newId(),
      draftId,
    ])
  }
  expect(await retention.sweep()).toMatchObject({ drafts: 1 })
  const { rows } = await pool.query<{ discarded_at: Date | null }>(
    'SELECT discarded_at FROM drafts JOIN draft_attachments ON draft_id = drafts.id ORDER BY discarded_at NULLS LAST',
  )
  expect(rows.map((row) => row.discarded_at)).toEqual([hours(23), null])
})

it('retention deletes actions 30 days after they were settled, in batches, and none that is pending', async () => {
  const { id } = await storeEmailAccount(database, clock)
  await storeFolder(database, { emailAccountId: id, remoteId: 'inbox', name: 'Inbox', synced: true })
  const account = { id, address: 'support@contoso.example', createdAt: daysAgo(400) }
  const { filing } = createConversations({ database, clock, events: createEvents(database) })
  const changed = [...Array.from({ length: 10 }, () => 31), 29, 400]
  for (const [n, days] of changed.entries()) {
    const message = customerMessage(clock, n, { folderRemoteId: 'inbox' })
    const { messageId } = (await database.transaction((tx) => filing.file(tx, account, message)))!
    await pool.query(
      `INSERT INTO account_actions (message_id, email_account_id, wants_seen, seen_pending, due_at, changed_at)
       VALUES ($1, $2, true, $3, $4, $5)`,
      [messageId, id, days === 400, days === 400 ? clock.now() : null, daysAgo(days)],
    )
  }
  expect(await retention.sweep()).toMatchObject({ actions: 10 })
  const { rows } = await pool.query<{ changed_at: Date }>('SELECT changed_at FROM account_actions ORDER BY 1')
  expect(rows.map((row) => row.changed_at)).toEqual([daysAgo(400), daysAgo(29)])
})

it('retention leaves a sweep to the process that has started one', async () => {
  const other = await createDatabase(database.url, { log: silentLog })
  await other.withLock('retention', async () => {
    expect(await retention.sweep()).toBeUndefined()
  })
  await other.close()
})

/** A started round that waits for the end of its time. */
async function heldRound() {
  const { id } = await storeEmailAccount(database, clock, { address: `${newId()}@contoso.example` })
  const [began, ended] = [Promise.withResolvers<true>(), Promise.withResolvers<true>()]
  const state = { isOver: false }
  const held = createRetention({
    ...{ database, clock, audit, log: silentLog, days: 90, events: createEvents(database) },
    mail: createConversations({ database, clock, events: createEvents(database) }).erasure,
    emailAccounts: { list: () => Promise.resolve([{ id } as EmailAccount]), ignoreMailBefore: () => Promise.resolve() },
    async pace(batch, end) {
      began.resolve(true)
      if (!end.aborted) await once(end, 'abort')
      const result = await batch()
      state.isOver = true
      ended.resolve(true)
      return result
    },
  })
  held.start()
  await began.promise
  const figures = () => roundFigures().find(({ name }) => name === 'retention.sweep')
  return { held, state, figures, ended: ended.promise }
}

it('a round ends after ten minutes and is not abandoned', async () => {
  const machineTime = vi.spyOn(performance, 'now').mockReturnValue(0)
  const { held, figures, ended } = await heldRound()
  machineTime.mockReturnValue(10 * 60_000)
  figures()
  await ended
  expect(figures()).toMatchObject({ abandoned: 0 })
  machineTime.mockRestore()
  await held.stop()
})

it('a stop ends the round at once', async () => {
  const { held, state } = await heldRound()
  await held.stop()
  expect(state.isOver).toBe(true)
})

it('begins one round per hour across all servers', async () => {
  const { held } = await heldRound()
  await held.stop()
  const later = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000)
  const begun = []
  for (const minutes of [1, 50, 60, 61, 119, -1]) begun.push(await beginRound(database, later(minutes)))
  expect(begun).toEqual([false, false, true, false, true, true])
})

async function alert(
  key: string,
  options: { closedDaysAgo?: number | undefined; state: string; incident?: boolean; createdDaysAgo?: number },
): Promise<void> {
  const { closedDaysAgo, state, incident = true, createdDaysAgo = 120 } = options
  const [incidentId, alertId] = [newId(), newId()]
  const closedAt = closedDaysAgo === undefined ? null : daysAgo(closedDaysAgo)
  if (incident) {
    await pool.query(
      `INSERT INTO incidents (id, cause, cause_key, subject_name, code, since, opened_at, closed_at)
       VALUES ($1, 'network', $2, 'This server', 'egress.unreachable', $3, $3, $4)`,
      [incidentId, key, daysAgo(120), closedAt],
    )
  }
  await pool.query(`INSERT INTO alerts VALUES ($1, $2, 'incident.opened', $3, '', '', '{}', $4)`, [
    ...[alertId, key, incident ? incidentId : null, daysAgo(createdDaysAgo)],
  ])
  await pool.query(
    `INSERT INTO alert_deliveries (id, alert_id, recipient, state, due_at) VALUES ($1, $2, 'a@b.example', $3, $4)`,
    [newId(), alertId, state, daysAgo(120)],
  )
}
