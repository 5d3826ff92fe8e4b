import { expect, it } from 'vitest'
import { createTestClock, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { MOST_UNSENT_COUNTED } from '../email-accounts/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { countQueued, countUnsent, countUnsentByAccount } from './count-unsent.ts'

const database = await testDatabase()
const { db, pool } = database
const clock = createTestClock('2026-07-01T12:00:00Z')
const now = clock.now()
const later = new Date(now.getTime() + 60_000)

async function newAccount(): Promise<EmailAccountId> {
  return (await storeEmailAccount(database, clock, { address: `m${Math.random()}@contoso.example` })).id
}

async function store(id: EmailAccountId, state: string, count = 1, sendAt: Date | null = null): Promise<void> {
  await pool.query(
    `INSERT INTO submissions (id, email_account_id, submitted_by, idempotency_key, request_hash, message_id, content,
       state, send_at, due_at, created_at)
     SELECT key, $1, 'person:anna', key, '', key, '{}', $2, $4::timestamptz, coalesce($4, $5), $5::timestamptz
     FROM (SELECT gen_random_uuid() AS key FROM generate_series(1, $3::int)) AS keys`,
    [id, state, count, sendAt, now],
  )
}

it('counts unsent submissions by mailbox, of the visible ones or of all, without those that are done', async () => {
  const [one, other, none] = [await newAccount(), await newAccount(), await newAccount()]
  await store(one, 'queued', 2)
  await store(one, 'queued', 3, later)
  await store(one, 'sending')
  await store(other, 'failed', 2)
  await store(other, 'unknown')
  for (const state of ['sent', 'canceled', 'handed-over']) await store(none, state)

  expect(await countUnsent(db, one)).toEqual({ waiting: 6, unknown: 0, failed: 0 })
  expect(await countUnsent(db, other)).toEqual({ waiting: 0, unknown: 1, failed: 2 })
  const ofOne = { emailAccountId: one, waiting: 3, scheduled: 3, failed: 0, unknown: 0 }
  const ofOther = { emailAccountId: other, waiting: 0, scheduled: 0, failed: 2, unknown: 1 }
  expect(await countUnsentByAccount(db, [one, none], now)).toEqual([ofOne])
  const all = await countUnsentByAccount(db, 'all', now)
  expect(all).toHaveLength(2)
  expect(all).toEqual(expect.arrayContaining([ofOne, ofOther]))
  expect(await countUnsentByAccount(db, [one], later)).toMatchObject([{ waiting: 6, scheduled: 0 }])
})

it('counts up to a maximum', async () => {
  const id = await newAccount()
  const many = MOST_UNSENT_COUNTED + 1
  for (const state of ['queued', 'failed', 'unknown']) await store(id, state, many)
  await store(id, 'queued', many, later)

  const most = { waiting: MOST_UNSENT_COUNTED, unknown: MOST_UNSENT_COUNTED, failed: MOST_UNSENT_COUNTED }
  expect(await countUnsent(db, id)).toEqual(most)
  expect(await countUnsentByAccount(db, [id], now)).toEqual([
    { emailAccountId: id, ...most, scheduled: MOST_UNSENT_COUNTED },
  ])
  expect(await countQueued(db, later, 100)).toBe(100)
})
