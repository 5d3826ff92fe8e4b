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
