import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createForwardingStage, subjects } from '../../../test/audit/forwarding-stage.ts'
import { createSyslogReceiver } from '../../../test/audit/syslog-receiver.ts'
import { silentLog, testDatabase, WAIT } from '../../../test/kit/index.ts'
import { createDatabase } from '../../database/index.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { createFileTarget, createSyslogTarget, deleteOldEntries, type AuditTarget } from '../index.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const { clock, audit, folder, file, incidents, create, record, written, reset } = createForwardingStage(database)
const receiver = await createSyslogReceiver()
beforeEach(async () => {
  await reset()
  receiver.reads = true
  receiver.got.length = 0
})
afterAll(() => receiver.kill())

const toReceiver = (timeoutMs = 2_000) =>
  createSyslogTarget(
    { isTls: false, host: '127.0.0.1', port: receiver.port, caFile: undefined },
    {
      dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${receiver.port}`]) }),
      origin: { host: 'mail.example.com', version: '1' },
      timeoutMs,
    },
  )

/** A target that keeps the sizes of its pages, and fails while `failsAbove` is exceeded. */
function createCountingTarget(failsAbove = Infinity) {
  const sizes: number[] = []
  const target: AuditTarget = {
    ...{ kind: 'file', destination: 'counted', identity: 'counted' },
    send(entries) {
      sizes.push(entries.length)
      return entries.length > failsAbove ? Promise.reject(new TypeError('too many')) : Promise.resolve()
    },
  }
  return { target, sizes }
}

const many = (count: number) => Array.from({ length: count }, (_, number) => `key ${number}`)

describe('a hanging write', () => {
  it('fails after a limit, frees the lock, and occupies one thread only', async () => {
    // A pipe without a reader accepts 64 kB, and the write of the rest hangs as on a network disk without a server.
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const hanging = createFileTarget(pipe, { timeoutMs: 300 })
    const [here, other] = [create([hanging]), await createDatabase(database.url, { log: silentLog })]
    await record(...many(400).map((key) => `${key} ${'x'.repeat(200)}`))
    await here.forward()
    expect(await here.status()).toMatchObject([
      { reason: { code: 'audit.file_not_written' }, detail: 'no answer in time', failingSince: clock.now() },
    ])
    expect(await other.tryLock('audit.forwarding file', () => Promise.resolve('free'))).toMatchObject({ locked: true })
    clock.advance(10 * MINUTE_MS)
    await here.forward()
    expect(await here.status()).toMatchObject([{ detail: 'the previous write has not ended' }])
    await other.close()
    createReadStream(pipe).resume()
  })
})

it('writes nothing after it was given up', async () => {
  const target = createFileTarget(file)
  await record('a')
  const entries = await audit.list({ limit: 1 })
  await expect(target.send(entries, AbortSignal.abort())).rejects.toMatchObject({ code: 'audit.file_not_written' })
  const send = () => target.send(entries, new AbortController().signal)
  await vi.waitFor(send, WAIT)
  expect(subjects(written())).toEqual(['a'])
})

describe('a stop', () => {
  it('ends at once while a receiver reads nothing, and is no failure of the receiver', async () => {
    receiver.reads = false
    // Longer than the test may take.
    const forwarding = create([toReceiver(10 * MINUTE_MS)])
    await record('a')
    const connected = receiver.connections
    forwarding.start()
    await expect.poll(() => receiver.connections).toBe(connected + 1)
    // A round that doesn't end delays a stop by 5 seconds.
    const stopped = forwarding.stop().then(() => 'stopped')
    expect(await Promise.race([stopped, pause(4_000, 'waiting', { ref: false })])).toBe('stopped')
    expect(await forwarding.status()).toMatchObject([{ failingSince: undefined, reason: undefined }])
  })

  it('may be followed by another start', async () => {
    const forwarding = create([createFileTarget(file)])
    forwarding.start()
    await forwarding.stop()
    await record('a')
    clock.advance(MINUTE_MS)
    forwarding.start()
    await expect.poll(async () => (await forwarding.status())[0]!.forwardedAt).toBeDefined()
    await forwarding.stop()
    expect(subjects(written())).toEqual(['a'])
  })
})

it('stores no failure when the lock is lost, and forwards with another lock', async () => {
  receiver.reads = false
  const here = await createDatabase(database.url, { log: silentLog })
  const forwarding = create([toReceiver(20_000)], { database: here })
  await record('a')
  const connected = receiver.connections
  const refused = expect(forwarding.forward()).rejects.toMatchObject({ code: 'database.lock_lost' })
  await expect.poll(() => receiver.connections).toBe(connected + 1)
  await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
  await refused
  expect(await forwarding.status()).toMatchObject([{ failingSince: undefined, reason: undefined }])
  receiver.reads = true
  await forwarding.forward()
  expect(subjects(receiver.got)).toEqual(['a'])
  await here.close()
})

describe('servers with different destinations', () => {
  const other = join(folder, 'other.jsonl')
  const old = () => createFileTarget(file, { host: 'one' })

  it.each([
    ['path', () => createFileTarget(other, { host: 'one' })],
    ['host', () => createFileTarget(file, { host: 'two' })],
  ])('forward to the first one only, and report another %s', async (_what, createOther) => {
    const [first, second] = [create([old()]), create([createOther()])]
    await first.forward()
    await record('a')
    await second.forward()
    expect(await second.status()).toMatchObject([
      { reason: { code: 'audit.destination_differs' }, detail: `${file} on one` },
    ])
    await first.forward()
    expect(subjects(written())).toEqual(['a'])
    for (let minute = 0; minute < 16; minute++) {
      clock.advance(MINUTE_MS)
      await first.forward()
      await second.forward()
    }
    expect(incidents.at(-1)).toContain(`Another server forwards to ${file} on one`)
    expect(await first.status()).toMatchObject([{ reason: undefined }])
  })

  it('continue at the position with the new one, two minutes after the last use of the old one', async () => {
    await create([old()]).forward()
    await record('a')
    await create([old()]).forward()
    await record('b')
    const changed = create([createFileTarget(other, { host: 'one' })])
    clock.advance(2 * MINUTE_MS - 1)
    await changed.forward()
    expect(await changed.status()).toMatchObject([{ reason: { code: 'audit.destination_differs' } }])
    clock.advance(1)
    await changed.forward()
    expect(await changed.status()).toMatchObject([{ reason: undefined, lagMs: 0, forwardedAt: clock.now() }])
    expect(subjects(written())).toEqual(['a'])
  })
})

it('forwards by another server while the pause of a failing one lasts', async () => {
  const away = createSyslogTarget(
    { isTls: false, host: '127.0.0.1', port: receiver.port, caFile: undefined },
    { dialGuard: createDialGuard(), origin: { host: 'mail.example.com', version: '1' } },
  )
  await record('a')
  await create([away]).forward()
  const able = create([toReceiver()])
  expect(await able.status()).toMatchObject([{ reason: { code: 'egress.address_refused' } }])
  await able.forward()
  expect(subjects(receiver.got)).toEqual(['a'])
  expect(await able.status()).toMatchObject([{ reason: undefined, failingSince: undefined }])
})

describe('a pause after a failure', () => {
  it('begins at the end of the attempt', async () => {
    const { target, sizes } = createCountingTarget(0)
    const forwarding = create([
      {
        ...target,
        send(entries, signal) {
          clock.advance(20_000)
          return target.send(entries, signal)
        },
      },
    ])
    await record('a')
    await forwarding.forward()
    clock.advance(4_999)
    await forwarding.forward()
    expect(sizes).toEqual([1])
    clock.advance(1)
    await forwarding.forward()
    expect(sizes).toEqual([1, 1])
  })
})

describe('a page', () => {
  it('halves with each failure, also an unexpected one, and doubles with each success', async () => {
    const { target, sizes } = createCountingTarget(60)
    const forwarding = create([target])
    await record(...many(200))
    for (let attempt = 0; attempt < 2; attempt++) {
      await forwarding.forward()
      expect(await forwarding.status()).toMatchObject([
        { reason: { code: 'kernel.unexpected' }, failingSince: expect.any(Date) as Date },
      ])
      clock.advance(10 * MINUTE_MS)
    }
    await forwarding.forward()
    expect(sizes).toEqual([200, 100, 50, 100])
    clock.advance(10 * MINUTE_MS)
    await forwarding.forward()
    expect(sizes.slice(4)).toEqual([50, 100])
  })

  it('has at most 256 kB', async () => {
    const { target, sizes } = createCountingTarget()
    const detail = { prefix: 'x'.repeat(100_000) }
    for (const subject of ['a', 'b', 'c', 'd', 'e']) {
      await audit.record(database.db, { actor: 'cli', action: 'api_key.revoked', subject, detail })
    }
    await create([target]).forward()
    expect(sizes).toEqual([2, 2, 1])
  })
})

it('is behind, and opens an incident, when entries wait for 15 minutes without a failure', async () => {
  const forwarding = create([createFileTarget(file)])
  await record('a')
  await forwarding.forward()
  // A transaction that stays open holds back all later entries.
  const late = await database.pool.connect()
  await late.query('BEGIN')
  await late.query(
    `INSERT INTO audit_entries (actor, action, subject, detail, at) VALUES ('cli', 'api_key.revoked', 'x', '{}', now())`,
  )
  await record('b')
  clock.advance(15 * MINUTE_MS - 1)
  await forwarding.forward()
  expect(await forwarding.status()).toMatchObject([{ isBehind: false, reason: undefined }])
  expect(incidents).toEqual([])
  clock.advance(MINUTE_MS)
  await forwarding.forward()
  expect(await forwarding.status()).toMatchObject([{ isBehind: true, lagMs: 16 * MINUTE_MS - 1 }])
  expect(incidents).toEqual([expect.stringContaining('No entry was forwarded since')])
  await late.query('ROLLBACK')
  late.release()
  await forwarding.forward()
  clock.advance(MINUTE_MS)
  await forwarding.forward()
  expect(incidents.at(-1)).toBe(`end: Audit list to ${file}`)
})

it('is no trouble with old entries when forwarding begins, and after a time without a server', async () => {
  await record('a')
  clock.advance(60 * MINUTE_MS)
  const forwarding = create([createFileTarget(file)])
  expect(await forwarding.status()).toMatchObject([{ isBehind: false }])
  await forwarding.forward()
  await record('b')
  clock.advance(60 * MINUTE_MS)
  await create([createFileTarget(file)]).forward()
  expect(await forwarding.status()).toMatchObject([{ isBehind: false, lagMs: 0 }])
  expect(incidents).toEqual([])
})

it('reports entries that were deleted unsent, and keeps the failure until an entry is sent', async () => {
  const { target } = createCountingTarget(0)
  const failing = create([target])
  await record('a', 'b')
  await failing.forward()
  clock.advance(MINUTE_MS)
  const deletion = { before: clock.now(), now: clock.now(), limit: 100 }
  expect(await deleteOldEntries(database.db, deletion)).toBe(2)
  clock.advance(10 * MINUTE_MS)
  await failing.forward()
  const deleted = { count: 2, at: deletion.now }
  expect(await failing.status()).toMatchObject([{ failingSince: expect.any(Date) as Date, lagMs: 0, deleted }])
  expect(incidents).toEqual([expect.stringContaining('2 entries were deleted by their age before they were forwarded')])
  // Entries that were sent are none of them.
  const working = create([createCountingTarget().target])
  await record('c')
  await working.forward()
  expect(await deleteOldEntries(database.db, { ...deletion, before: new Date(clock.now().getTime() + 1) })).toBe(1)
  expect(await working.status()).toMatchObject([{ failingSince: undefined, deleted }])
  clock.advance(7 * 24 * 60 * MINUTE_MS)
  expect(await working.status()).toMatchObject([{ deleted: undefined }])
})
