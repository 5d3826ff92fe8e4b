import { afterEach, expect, it, vi } from 'vitest'
import type { EmailAccount, EmailAccounts } from '../../email-accounts/index.ts'
import type { Events } from '../../events/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type EmailAccountId } from '../../kernel/ids.ts'
import { createTestClock, silentLog, storeEmailAccount, testDatabase, WAIT } from '../../../test/kit/index.ts'
import type { WatchedFolder } from '../../transports/index.ts'
import type { Leases } from '../scheduling/leases.ts'
import { createWatches } from './idle-watches.ts'

const database = await testDatabase()
let stop: () => Promise<void> = () => Promise.resolve()
afterEach(() => stop())

it('a watch starts again after the database released its lock', async () => {
  const { watched, isLocked, watches } = await watching()
  await vi.waitFor(() => expect(watched).toHaveLength(1), WAIT)
  await vi.waitFor(async () => expect(await isLocked()).toBe(true), WAIT)

  await endLockSessions()

  await vi.waitFor(() => expect(watched).toHaveLength(2), WAIT)
  expect(watches.count).toBe(1)
  expect(watched[0]!.over.aborted).toBe(true)
})

it('a watch gives the server the other synced folders as currently selected', async () => {
  const clock = createTestClock()
  const folders = [
    { role: 'inbox', remoteId: 'INBOX', synced: true },
    { role: 'sent', remoteId: 'Sent', synced: true },
    { role: 'archive', remoteId: 'Orders', synced: true },
    { role: 'junk', remoteId: 'Private', synced: false },
  ] as const
  const { id } = await storeEmailAccount(database, clock, { folders: [...folders] })
  const { watched } = await watching(undefined, id)
  await vi.waitFor(() => expect(watched).toHaveLength(1), WAIT)
  const named = async () => (await watched[0]!.others()).map(({ remoteId }) => remoteId).sort()

  expect(await named()).toEqual(['Orders', 'Sent'])
  // Each change of the selection notifies all processes.
  await database.pool.query(`UPDATE folders SET synced = true WHERE email_account_id = $1`, [id])
  await database.pool.query(`SELECT pg_notify('sync', $1)`, [id])
  await vi.waitFor(async () => expect(await named()).toEqual(['Orders', 'Private', 'Sent']), WAIT)
})

it('a hint is kept until the database stores it', async () => {
  let failures = 2
  const { watched, wake } = await watching(() => {
    if (failures-- > 0) throw new AppError('database.unavailable')
  })
  await vi.waitFor(() => expect(watched).toHaveLength(1), WAIT)

  watched[0]!.hint()

  await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(3), WAIT)
})

it('a hint that arrives while another one is stored is stored after it', async () => {
  const stored = Promise.withResolvers<undefined>()
  let calls = 0
  const { watched, wake } = await watching(() => (calls++ === 0 ? stored.promise : undefined))
  await vi.waitFor(() => expect(watched).toHaveLength(1), WAIT)
  for (let n = 0; n < 3; n++) watched[0]!.hint()
  expect(wake).toHaveBeenCalledTimes(1)
  stored.resolve(undefined)

  await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(2), WAIT)
  watched[0]!.hint()
  await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(3), WAIT)
})

it("a watch starts again after an error while the database can't store hints", async () => {
  const { watched } = await watching(() => {
    throw new AppError('database.unavailable')
  })
  await vi.waitFor(() => expect(watched).toHaveLength(1), WAIT)
  watched[0]!.fail(new AppError('transports.imap_timed_out'))
  await vi.waitFor(() => expect(watched).toHaveLength(2), WAIT)
})

it('a watch takes over from a process that no longer watches', async () => {
  const id = newId<EmailAccountId>()
  const held = Promise.withResolvers<undefined>()
  const elsewhere = database.tryLock(`watch:${id}`, () => held.promise)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { watched, watches, account } = await watching(undefined, id)
    await vi.waitFor(() => expect(watches.keep(account)).toBeUndefined(), WAIT)
    held.resolve(undefined)
    await elsewhere

    await vi.advanceTimersByTimeAsync(60_000)
    await vi.waitFor(() => expect(watched).toHaveLength(1), WAIT)
  } finally {
    vi.useRealTimers()
  }
})

/** A mailbox that reports new mail on demand of the test. */
async function watching(onWake: () => unknown = () => undefined, id = newId<EmailAccountId>()) {
  type Others = () => Promise<readonly WatchedFolder[]>
  const watched: { hint: () => void; fail: (error: AppError) => void; over: AbortSignal; others: Others }[] = []
  const account = { id, receivesBy: 'imap', state: 'connected', address: 'support@contoso.example' } as EmailAccount
  const reading = {
    watch: (_path: string, hint: () => void, over: AbortSignal, _readTo: unknown, others: Others) => {
      return new Promise<void>((resolve, fail) => {
        watched.push({ hint, fail, over, others })
        over.addEventListener('abort', () => resolve(), { once: true })
      })
    },
  }
  const wake = vi.fn(() => Promise.resolve().then(onWake))
  const watches = createWatches({
    database,
    clock: createTestClock(),
    events: { subscribe: () => Promise.resolve(() => Promise.resolve()) } as unknown as Events,
    emailAccounts: {
      list: () => Promise.resolve([account]),
      get: () => Promise.resolve(account),
      folders: () => Promise.resolve([]),
      transportOf: () => Promise.resolve({ reading }),
    } as unknown as EmailAccounts,
    leases: { wake } as unknown as Leases,
    log: silentLog,
    random: () => 0.5,
  })
  await watches.start()
  stop = () => watches.stop()
  return { watched, watches, wake, account, isLocked: async () => (await lockSessions()).length > 0 }
}

async function lockSessions(): Promise<number[]> {
  const { rows } = await database.pool.query<{ pid: number }>(
    `SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory'
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows.map(({ pid }) => pid)
}

async function endLockSessions(): Promise<void> {
  await database.pool.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [await lockSessions()])
}
