import { expect, it } from 'vitest'
import { createTestClock, testDatabase } from '../../../test/kit/index.ts'
import { createStage } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'
import { createLeases } from './leases.ts'
import { createWatchdog, GRACE_MS } from './watchdog.ts'
import { silentLog } from '../../../test/kit/index.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = createTestClock()
const { emailAccounts, associate, sync } = createStage(database, clock, new Map())
const leases = createLeases({ database, clock, emailAccounts })
let machineMs = 0
let isFull = false
const watchdogHere = () =>
  createWatchdog({
    database,
    clock,
    emailAccounts,
    leases,
    log: silentLog,
    silentAfterMs: 15 * MINUTE_MS,
    monotonic: () => machineMs,
    isFullOfImports: () => isFull,
  })

function pass(ms: number): void {
  clock.advance(ms)
  machineMs += ms
}

/** A mailbox that was read to its end and is not read any more. */
async function readOnce(address: string) {
  const { id } = await associate(address, new StrictFolderServer().transport)
  await sync.start()
  await sync.settled()
  await sync.stop()
  expect((await emailAccounts.get(id)).state).toBe('connected')
  return id
}

it('the watchdog reports a mailbox without successful reads, even if no error occurred', async () => {
  const id = await readOnce('silent@contoso.example')
  const watchdog = watchdogHere()
  pass(15 * MINUTE_MS - 1)
  await watchdog.look()
  pass(GRACE_MS)
  await watchdog.look()
  expect((await emailAccounts.get(id)).state).toBe('connected')
  pass(GRACE_MS)
  await watchdog.look()
  expect(await emailAccounts.get(id)).toMatchObject({
    state: 'degraded',
    reason: { code: 'email_accounts.silent' },
    dueAt: clock.now(),
  })
})

it('the watchdog also reports a mailbox on its backup sign-in, from the time of its last successful read', async () => {
  const id = await readOnce('stood-in@contoso.example')
  await database.pool.query(
    `UPDATE email_accounts SET state = 'degraded', state_reason = 'email_accounts.runs_on_backup_sign_in' WHERE id = $1`,
    [id],
  )
  const watchdog = watchdogHere()
  pass(24 * 60 * MINUTE_MS)
  await watchdog.look()
  pass(GRACE_MS)
  await watchdog.look()
  const raised = { state: 'degraded', reason: { code: 'email_accounts.silent' }, stateSince: clock.now() }
  expect(await emailAccounts.get(id)).toMatchObject(raised)
  pass(MINUTE_MS)
  await watchdog.look()
  expect(await emailAccounts.get(id)).toMatchObject(raised)
})

it('the watchdog first wakes a silent mailbox, and reports nothing if that suffices', async () => {
  const id = await readOnce('sleeper@contoso.example')
  const watchdog = watchdogHere()
  pass(16 * MINUTE_MS)
  await watchdog.look()
  expect((await emailAccounts.get(id)).dueAt.getTime()).toBeLessThanOrEqual(clock.now().getTime())
  await sync.start()
  await sync.settled()
  await sync.stop()
  pass(GRACE_MS)
  await watchdog.look()
  expect((await emailAccounts.get(id)).state).toBe('connected')
})

it('the watchdog reports nothing after a change of the clock, because due mailboxes are read first', async () => {
  const id = await readOnce('traveler@contoso.example')
  const watchdog = watchdogHere()
  for (let day = 0; day < 5; day++) {
    clock.advance(24 * 60 * MINUTE_MS)
    await watchdog.look()
  }
  expect((await emailAccounts.get(id)).state).toBe('connected')
})

it('the watchdog revokes the lease of a stalled run', async () => {
  const id = await readOnce('held@contoso.example')
  const watchdog = watchdogHere()
  pass(16 * MINUTE_MS)
  const hanging = (await leases.claim(id, new AbortController().signal))!
  await watchdog.look()
  pass(GRACE_MS)
  await watchdog.look()
  expect((await emailAccounts.get(id)).reason?.code).toBe('email_accounts.silent')
  await expect(leases.write(hanging, () => Promise.resolve())).rejects.toMatchObject({ code: 'sync.superseded' })
})

it('the watchdog corrects a due time that is too far in the future', async () => {
  const id = await readOnce('mistaken@contoso.example')
  const watchdog = watchdogHere()
  await database.pool.query(`UPDATE account_sync_states SET due_at = '2099-01-01' WHERE email_account_id = $1`, [id])
  await watchdog.look()
  expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())

  // Unless the server requested that pause.
  const until = new Date(clock.now().getTime() + 120 * MINUTE_MS)
  await database.pool.query(
    `UPDATE email_accounts SET state = 'degraded', state_reason = 'transports.throttled' WHERE id = $1`,
    [id],
  )
  await database.pool.query(
    `UPDATE account_sync_states SET due_at = $2, next_try_at = $2 WHERE email_account_id = $1`,
    [id, until],
  )
  await watchdog.look()
  expect((await emailAccounts.get(id)).dueAt).toEqual(until)
})

it('the watchdog ignores mailboxes that are paused, wait for a person or were just connected', async () => {
  const paused = await readOnce('paused@contoso.example')
  await emailAccounts.pause(paused, 'admin')
  const waiting = await readOnce('waiting@contoso.example')
  await database.pool.query(
    `UPDATE email_accounts SET state = 'needs-sign-in', state_reason = 'tokens.grant_ended' WHERE id = $1`,
    [waiting],
  )
  const watchdog = watchdogHere()
  pass(60 * MINUTE_MS)
  const { id: fresh } = await associate('fresh@contoso.example', new StrictFolderServer().transport)
  await watchdog.look()
  pass(GRACE_MS)
  await watchdog.look()
  const states = await Promise.all([paused, waiting, fresh].map(async (id) => (await emailAccounts.get(id)).state))
  expect(states).toEqual(['paused', 'needs-sign-in', 'connecting'])
})

it('the watchdog reports a due import only if it does not wait for other imports', async () => {
  const { id } = await associate('waiting@contoso.example', new StrictFolderServer().transport)
  const watchdog = watchdogHere()
  isFull = true
  pass(15 * MINUTE_MS)
  for (const ms of [0, GRACE_MS, GRACE_MS]) {
    pass(ms)
    await watchdog.look()
  }
  expect((await emailAccounts.get(id)).state).toBe('connecting')
  isFull = false
  await watchdog.look()
  pass(GRACE_MS)
  await watchdog.look()
  expect((await emailAccounts.get(id)).reason?.code).toBe('email_accounts.silent')
})
