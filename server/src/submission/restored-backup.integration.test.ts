import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createEpoch, createStateFile, markRestored } from '../epoch/index.ts'
import { silentLog, takeSnapshot, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createDelivery } from './delivery.ts'
import { holdUnsent } from './held-mail.ts'
import type { Outbox } from './outbox.ts'
import { createSendingWorker } from './sending-worker.ts'
import { outboxForTest, silent } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'postkey-state-'))
afterAll(() => rmSync(folder, { recursive: true }))
let installations = 0

type Options = NonNullable<Parameters<typeof outboxForTest>[1]>

/** An outbox with the state file of its host. `start` simulates a server start. */
async function installation(options: Options = {}) {
  await database.pool.query('DELETE FROM held_submissions; DELETE FROM database_restores; DELETE FROM database_epochs')
  const world = await outboxForTest(database, options)
  const file = join(folder, `state-${++installations}`)
  let epoch = processOf(file)

  function processOf(path: string) {
    const { clock } = world
    const other = { stateFile: createStateFile(path), pause: () => Promise.resolve(0) }
    return createEpoch({ database, clock, log: silentLog, hold: holdUnsent, ...other })
  }
  async function start(path = file) {
    epoch = processOf(path)
    return epoch.open()
  }
  /** Marks the state file before sending, as the worker does. */
  async function send() {
    await epoch.mark()
    await world.settle()
    await epoch.mark()
  }
  await start()
  return { ...world, start, send, file, mark: () => epoch.mark() }
}

/** Starts a worker that claims this number of messages at once. After `kill`, it writes nothing more. */
async function startWorkerToKill(world: Awaited<ReturnType<typeof installation>>, claimed: number) {
  const { clock, events, server, emailAccountId, mark } = world
  let isKilled = false
  const whileAlive =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      isKilled ? Promise.reject(new Error('the worker was killed')) : call(...args)
  const { claimBatch, save, renew, handBack } = world.outbox
  const outbox: Outbox = {
    ...world.outbox,
    claimBatch: whileAlive((name, choice) =>
      claimBatch(name, { ...choice, batchSizes: new Map([[emailAccountId, claimed]]) }),
    ),
    save: whileAlive(save),
    renew: whileAlive(renew),
    handBack: whileAlive(handBack),
  }
  const delivery = createDelivery({ ...world, outbox })
  const times = { quickMs: Infinity, handBackAfterMs: 3_600_000 }
  const deps = { database, clock, events, log: silent, outbox, delivery, times }
  const worker = createSendingWorker({ ...deps, mark: whileAlive(mark) })
  await worker.start()
  return {
    async kill() {
      isKilled = true
      server.release()
      await worker.stop()
    },
  }
}

describe.each<[string, Options]>([
  ['draft', {}],
  ['message', { serverFor: (clock) => new StrictMessageServer(clock) }],
])('a restored backup of a mailbox that sends by %s', (_by, options) => {
  it('does not send messages again that were sent after the backup', async () => {
    const { submit, send, settle, server, start, submissions } = await installation(options)
    const accepted = []
    for (let n = 0; n < 5; n++) accepted.push(await submit(n === 0 ? { holdMs: 60_000 } : {}))
    const backup = await takeSnapshot(database)
    await send()
    expect(server.delivered).toHaveLength(5)

    await backup.restore()
    const restore = await start()
    const fresh = await submit()
    await settle()

    expect(server.delivered.toSorted()).toEqual([...accepted, fresh].map(({ messageId }) => messageId).toSorted())
    expect(restore).toMatchObject({ reason: 'older', held: 5 })
    for (const { id } of accepted) {
      expect(await submissions.get(id)).toMatchObject({ state: 'unknown', reason: 'submission.database_restored' })
    }
  })

  it('does not send a message again that was being handed over during the backup', async () => {
    const { submit, workOnce, settle, mark, server, start } = await installation(options)
    await submit()
    const boundary = options.serverFor ? 'before dot' : 'before sendDraft'
    server.faults = { at: (name) => (name === boundary ? 'stall' : undefined) }
    await mark()
    await workOnce()
    const backup = await takeSnapshot(database)
    server.faults = { at: () => undefined }
    server.release()
    await settle()
    await mark()
    expect(server.delivered).toHaveLength(1)

    await backup.restore()
    expect(await start()).toMatchObject({ reason: 'older', held: 1 })
    await settle()

    expect(server.delivered).toHaveLength(1)
  })

  it('does not send messages of a claim again that started after the backup', async () => {
    const world = await installation(options)
    const { server, submit, start, settle } = world
    for (let n = 0; n < 8; n++) await submit()
    const boundary = options.serverFor ? 'before upload' : 'before createDraft'
    let limit = 0
    server.faults = { at: (name) => (name === boundary && server.delivered.length >= limit ? 'stall' : undefined) }
    const worker = await startWorkerToKill(world, 8)
    await vi.waitUntil(() => server.stalled === 2, WAIT)
    const backup = await takeSnapshot(database)
    // Stops again before the end of the claim, whose mark proves that the backup is older.
    limit = 3
    server.release()
    await vi.waitUntil(() => server.delivered.length >= limit && server.stalled === 2, WAIT)
    await worker.kill()
    const sent = server.delivered.length
    server.faults = { at: () => undefined }

    await backup.restore()
    expect(await start()).toMatchObject({ reason: 'older', held: 8 })
    await settle()

    expect(server.delivered).toHaveLength(sent)
  })

  it('is detected before the next message if it was restored under a running server', async () => {
    const { submit, send, settle, mark, server } = await installation(options)
    await submit()
    const backup = await takeSnapshot(database)
    await send()
    await backup.restore()

    expect(await mark()).toBe(false)
    await settle()

    expect(server.delivered).toHaveLength(1)
    expect(await mark()).toBe(true)
  })
})

describe('an automatic reply', () => {
  const REPLY = { isOn: true, subject: 'Re: {subject}', text: 'We answer within a day.' }
  const QUESTION = { remoteId: 'r1', messageId: 'question@customer.example', references: [] }

  it('is held for mail received before the restore was detected, and sent for later mail', async () => {
    const { receive, submissions, emailAccounts, emailAccountId, send, settle, server, start, clock } =
      await installation()
    await emailAccounts.setAutomaticReply(emailAccountId, REPLY, 'ada')
    const backup = await takeSnapshot(database)
    clock.advance(1000)
    const receivedAt = clock.now()
    await receive({ ...QUESTION, receivedAt })
    await send()
    expect(server.delivered).toHaveLength(1)

    await backup.restore()
    clock.advance(1000)
    await start()
    // Filed a second time, from the cursor of the backup.
    await receive({ ...QUESTION, receivedAt })
    clock.advance(1000)
    await receive({
      ...QUESTION,
      remoteId: 'r2',
      messageId: 'later@other.example',
      from: { name: '', address: 'kim@other.example' },
    })
    await settle()

    expect(await submissions.listUnsent(emailAccountId)).toMatchObject([
      { isAutomatic: true, state: 'unknown', reason: 'submission.database_restored' },
    ])
    expect(server.delivered).toHaveLength(2)
  })
})

describe('a server start', () => {
  it('holds nothing after a stop of any length', async () => {
    const { submit, start, mark, settle, clock, server } = await installation()
    await submit()
    await mark()
    clock.advance(30 * 24 * 60 * 60_000)

    expect(await start()).toBeUndefined()
    await settle()

    expect(server.delivered).toHaveLength(1)
  })

  it('holds nothing on a second server with an older state file', async () => {
    const { submit, start, mark, file } = await installation()
    await submit()
    await start(`${file}-second`)
    await mark()
    await start(file)
    for (let n = 0; n < 3; n++) await mark()

    expect(await start(`${file}-second`)).toBeUndefined()
  })

  it('holds nothing more on a second server after the first has handled a restore', async () => {
    const { submit, start, mark, file } = await installation()
    await start(`${file}-second`)
    await submit()
    const backup = await takeSnapshot(database)
    await mark()
    await start(file)
    await mark()
    await backup.restore()
    expect(await start(file)).toMatchObject({ held: 1 })
    await submit()

    expect(await start(`${file}-second`)).toBeUndefined()
    expect(await start(file)).toBeUndefined()
  })

  it('detects that the same backup is restored a second time', async () => {
    const { submit, start, mark } = await installation()
    await submit()
    const backup = await takeSnapshot(database)
    await mark()
    await backup.restore()
    await start()
    await backup.restore()

    expect(await start()).toMatchObject({ reason: 'other-database', held: 1 })
  })

  it('detects a backup of a version without epochs', async () => {
    const { submit, start } = await installation()
    await submit()
    await database.pool.query('DELETE FROM database_epochs')

    expect(await start()).toMatchObject({ reason: 'other-database', held: 1 })
  })

  it('marked by the command holds unsent mail once, on any host and without a state file', async () => {
    const { submit, start, file, mark } = await installation()
    for (const path of [file, `${file}-elsewhere`]) {
      await submit()
      await markRestored(database.pool, new Date())

      expect(await start(path)).toMatchObject({ reason: 'restored', held: 1 })
      expect(await start(path)).toBeUndefined()
    }
    // A server that was not stopped notices the mark, too.
    await submit()
    await markRestored(database.pool, new Date())
    expect(await mark()).toBe(false)
  })

  it("holds nothing on an empty database, regardless of the host's state file", async () => {
    const { start } = await installation()
    await database.pool.query('DELETE FROM database_epochs')

    expect(await start()).toBeUndefined()
    expect(await start()).toBeUndefined()
  })

  it('on another host holds unsent mail if no server used the database for 15 minutes', async () => {
    const { submit, start, clock, file } = await installation()
    await submit()
    clock.advance(15 * 60_000 + 1)

    expect(await start(`${file}-elsewhere`)).toMatchObject({ reason: 'unknown-host', held: 1, seenAt: undefined })
  })

  it.each(['', 'not JSON', '{"form":1}', 'null'])(
    'with a damaged state file (%j) is treated as a start on another host',
    async (text) => {
      const { submit, start, clock, file } = await installation()
      await submit()
      writeFileSync(file, text)
      expect(await start()).toBeUndefined()
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ form: 1, counter: 1 })

      writeFileSync(file, text)
      clock.advance(15 * 60_000 + 1)
      expect(await start()).toMatchObject({ reason: 'unknown-host' })
    },
  )

  it('on another host joins a running installation without holding mail', async () => {
    const { submit, start, clock, mark, file } = await installation()
    await submit()
    clock.advance(60 * 60_000)
    await mark()

    expect(await start(`${file}-elsewhere`)).toBeUndefined()
  })

  it("holds nothing if the state file can't be written, and mail is sent", async () => {
    const { submit, start, send, clock, file, server } = await installation()
    await submit()
    clock.advance(60 * 60_000)

    expect(await start(join(file, 'below-a-file'))).toBeUndefined()
    await send()

    expect(server.delivered).toHaveLength(1)
  })
})
