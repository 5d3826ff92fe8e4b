import { expect, it } from 'vitest'
import { VERSION } from '../../kernel/version.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const admin = await person('admin')

it('has the version of the server, the same as readiness', async () => {
  const { text } = await ask('GET /metrics', { as: admin })

  expect(text).toContain(`postkey_info{version="${VERSION}"} 1`)
  for (const at of ['GET /readyz', 'GET /healthz']) expect((await ask(at)).body).toMatchObject({ version: VERSION })
})

it('shows for each mailbox the time since the last read, sent message and refresh, and its open incidents', async () => {
  const { id } = await storeEmailAccount(database, clock)
  const { rows } = await database.pool.query<{ key: string }>(
    `UPDATE account_sync_states SET last_read_at = $2, last_sent_at = $2, complete_up_to = $2,
       checked_at = $2, checks_failed = 3 FROM email_accounts WHERE email_account_id = $1 AND id = $1 RETURNING key`,
    [id, clock.now()],
  )
  const account = rows[0]!.key
  await database.pool.query(
    `INSERT INTO incidents (id, cause, cause_key, subject_name, code, since, opened_at)
     VALUES (gen_random_uuid(), 'person', 'x', 'Alex', 'tokens.grant_ended', $1, $1)`,
    [clock.now()],
  )
  await database.pool.query(
    `INSERT INTO search_queue (message_id, email_account_id, received_at, text, queued_at)
     VALUES (gen_random_uuid(), $1, $2, 'lamp', $2)`,
    [id, clock.now()],
  )
  clock.advance(90_000)
  const { text } = await ask('GET /metrics', { as: admin })
  for (const line of [
    `postkey_account_seconds_since_read{account="${account}"} 90`,
    `postkey_account_seconds_since_sent{account="${account}"} 90`,
    `postkey_account_seconds_since_refresh{account="${account}"} 90`,
    `postkey_account_seconds_incomplete{account="${account}"} 90`,
    `postkey_account_seconds_since_check{account="${account}"} 90`,
    `postkey_account_checks_failed{account="${account}"} 3`,
    `postkey_account_state{account="${account}",state="connected"} 1`,
    'postkey_open_incidents{cause="person"} 1',
    'postkey_open_incidents{cause="network"} 0',
    'postkey_search_queue_messages 1',
    'postkey_search_queue_seconds 90',
  ]) {
    expect(text).toContain(line)
  }
  expect((await ask('GET /healthz')).body).toMatchObject({ status: 'ok', secondsSinceProof: 90 })
  await database.pool.query('DELETE FROM email_accounts')
  expect((await ask('GET /healthz')).body).toMatchObject({ status: 'ok', secondsSinceProof: null })
  expect((await ask('GET /metrics', { as: admin })).text).not.toContain(`account="${account}"`)
})

it('shows what each consumer of events has not processed, and messages by status without those on hold as waiting', async () => {
  const { id } = await storeEmailAccount(database, clock)
  const now = clock.now()
  const submit = (state: string, createdAt: Date, notBefore: Date | null) =>
    database.pool.query(
      `INSERT INTO submissions (id, email_account_id, submitted_by, idempotency_key, request_hash, message_id, content,
         state, due_at, created_at, not_before)
       SELECT key, $1, 'person:anna', key, '', key, '{}', $2, $3, $3, $4 FROM gen_random_uuid() AS key`,
      [id, state, createdAt, notBefore],
    )
  const earlier = (seconds: number) => new Date(now.getTime() - seconds * 1000)
  await submit('queued', earlier(600), earlier(-60))
  await submit('queued', earlier(600), earlier(20))
  await submit('failed', earlier(600), null)
  await submit('sent', earlier(600), null)
  const append = (kind: 'message.received' | 'conversation.closed', at: Date) =>
    database.pool.query(`INSERT INTO events (kind, subject_id, payload, at) VALUES ($1, 'x', '{}', $2)`, [kind, at])
  await append('message.received', earlier(40))
  await append('conversation.closed', earlier(30))
  const open = await database.pool.connect()
  await open.query('BEGIN')
  await open.query(`INSERT INTO events (kind, subject_id, payload, at) VALUES ('note.added', 'x', '{}', $1)`, [now])
  await append('conversation.closed', earlier(10))

  const { text } = await ask('GET /metrics', { as: admin })
  await open.query('ROLLBACK')
  open.release()
  for (const line of [
    'postkey_outbox_messages{status="waiting"} 1',
    'postkey_outbox_messages{status="scheduled"} 1',
    'postkey_outbox_messages{status="failed"} 1',
    'postkey_outbox_messages{status="unknown"} 0',
    'postkey_outbox_oldest_message_age_seconds 20',
    'postkey_event_lag_seconds{consumer="notifications"} 40',
    'postkey_event_lag_seconds{consumer="account-actions"} 30',
    'postkey_event_lag_seconds{consumer="streams"} 10',
  ]) {
    expect(text).toContain(line)
  }
  expect((await ask('GET /metrics', { as: admin })).text).toContain('postkey_event_lag_seconds{consumer="streams"} 0')
})
