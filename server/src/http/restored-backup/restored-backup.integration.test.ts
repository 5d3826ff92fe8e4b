/** A restored backup of a mailbox at the local Microsoft 365, which sends by drafts and replaces Message-IDs. */
import { afterAll, expect, it, vi } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { newId, type DatabaseRestoreId, type EmailAccountId } from '../../kernel/ids.ts'
import { holdUnsent } from '../../submission/index.ts'
import { createSync } from '../../sync/index.ts'
import { createConnectingStage, silentLog, takeSnapshot, WAIT } from '../../../test/kit/index.ts'

const stage = await createConnectingStage()
const { ask, admin, rooms, database, clock, sandbox, sendingWorker, heldMailService } = stage
const { emailAccounts, conversations, events } = rooms
const sync = createSync({
  ...{ database, clock, events, emailAccounts, conversations, log: silentLog },
  pushFor: () => Promise.resolve({ unavailable: new AppError('sync.push_needs_public_url') }),
})
afterAll(() => sync.stop())

it('finds messages sent after the backup in Sent Items, and holds the others for an admin', async () => {
  const grantId = await stage.grantOf(await stage.newCloudProvider(), 'ben@contoso.example')
  const associated = await ask('POST /v1/email-accounts', {
    as: admin,
    body: { address: 'ben@contoso.example', kind: 'user', grantId, name: 'Ben', key: 'BEN', contact: admin.email },
  })
  expect(associated.status, associated.text).toBe(201)
  const id = (associated.body as { id: EmailAccountId }).id
  await submit('Plain', { text: 'It boils.\nSee you.' })
  await submit('Formatted', { html: '<p>It <b>boils</b>.</p><p>See you.</p>' })
  const backup = await takeSnapshot(database)
  await sendingWorker.start()
  await vi.waitUntil(async () => {
    await pass(1000)
    return (await states()).every((state) => state === 'sent')
  }, WAIT)
  await sendingWorker.stop()
  const ids = (await submissions()).map((each) => each.remote_message_id)

  await backup.restore()
  const later = await submit('Never sent', { text: 'It does not boil.' })
  const restore = { id: newId<DatabaseRestoreId>(), detectedAt: clock.now() }
  await database.transaction(async (tx) => {
    const times = { from_at: clock.now(), seen_at: null, detected_at: restore.detectedAt }
    await tx
      .insertInto('database_restores')
      .values({ id: restore.id, reason: 'older', ...times })
      .execute()
    expect(await holdUnsent(tx, restore)).toBe(3)
  })
  await heldMailService.look()
  await pass(60_000)
  await sync.start()
  await vi.waitUntil(async () => {
    await pass(16_000)
    await sync.wake(id)
    await sync.settled()
    await heldMailService.look()
    return (await shown()).counts.pending === 0
  }, WAIT)

  expect((await shown()).messages.map(({ subject, inSent, isHeld }) => [subject, inSent, isHeld])).toEqual([
    ['Never sent', 'not-found', true],
    ['Plain', 'found', false],
    ['Formatted', 'found', false],
  ])
  // Only Exchange's Message-IDs: no message was sent a second time.
  expect((await submissions()).flatMap((each) => each.remote_message_id ?? [])).toEqual(ids)
  const decided = await ask('POST /v1/restored-backup/decide', {
    as: admin,
    body: { decision: 'discard', messages: [later] },
  })
  expect(decided.body).toEqual({ decided: 1 })
  expect((await shown()).counts).toMatchObject({ held: 0, found: 2 })
}, 90_000)

let number = 0
async function submit(subject: string, content: { text?: string; html?: string }): Promise<string> {
  const { id } = await database.db.selectFrom('email_accounts').select('id').executeTakeFirstOrThrow()
  const answer = await ask('POST /v1/submissions', {
    as: admin,
    body: { emailAccountId: id, to: [{ name: 'Kim', address: 'kim@customer.example' }], subject, ...content },
    headers: { 'idempotency-key': `k${++number}` },
  })
  expect(answer.status, answer.text).toBe(201)
  clock.advance(1)
  return (answer.body as { id: string }).id
}

async function submissions() {
  return database.db.selectFrom('submissions').selectAll().orderBy('created_at').execute()
}

async function states(): Promise<string[]> {
  return (await submissions()).map(({ state }) => state)
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await sandbox.advance(ms)
}

interface Shown {
  counts: Record<string, number>
  messages: { subject: string; inSent: string; isHeld: boolean }[]
}

async function shown(): Promise<Shown> {
  const { body } = await ask('GET /v1/restored-backup', { as: admin })
  return (body as { restoredBackup: Shown }).restoredBackup
}
