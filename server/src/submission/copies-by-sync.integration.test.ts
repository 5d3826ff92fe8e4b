import { afterEach, describe, expect, it, vi } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import { newId, type EmailAccountId } from '../kernel/ids.ts'
import { createCopiesBySync, type CopiesBySyncOptions } from './copies-by-sync.ts'
import type { Fault } from '../../test/kit/strict-mail-server.ts'

const database = await testDatabase()
const SYNC_MS = 2000

afterEach(() => void vi.useRealTimers())

/** An outbox whose Sent copies sync usually files first, with the requests to the server in order. */
async function outboxBesideSync(copiesBySync: CopiesBySyncOptions = {}) {
  const world = await outboxForTest(database, { copiesBySync })
  world.server.syncFindsCopyWithinMs = SYNC_MS
  const boundaries: string[] = []
  world.server.faults = { at: (name) => void boundaries.push(name) }
  const requests = () =>
    boundaries.filter((name) => name.startsWith('before ') && name !== 'before store').map((name) => name.slice(7))
  return { ...world, boundaries, requests }
}

describe('a message sent as a draft beside the sync of Sent', () => {
  it('takes one draft and one send request, and no request to read it', async () => {
    const { submit, workOnce, syncSent, settle, submissions, requests, boundaries } = await outboxBesideSync()
    const { id, messageId } = await submit()
    await workOnce()
    expect((await submissions.get(id)).state).toBe('handed-over')
    expect(boundaries.filter((name) => name === 'after store')).toHaveLength(2)

    await syncSent()
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', remoteMessageId: `exchange-made-${messageId}` })
    expect(requests()).toEqual(['createDraft', 'sendDraft'])
  })

  it('is searched for after that time if sync does not file its copy', async () => {
    const { submit, workOnce, submissions, requests, clock } = await outboxBesideSync()
    const { id } = await submit()
    await workOnce()
    expect(await workOnce()).toBe(false)

    clock.advance(SYNC_MS)
    await workOnce()

    expect((await submissions.get(id)).state).toBe('sent')
    expect(requests()).toEqual(['createDraft', 'sendDraft', 'findSent'])
  })

  it('gives its place in the mailbox back at the handover', async () => {
    const { submit, workOnce, outbox, submissions } = await outboxBesideSync()
    const first = await submit()
    const others = [await submit(), await submit()]
    await workOnce()

    const claims = [await outbox.claim('worker-2'), await outbox.claim('worker-2')]

    expect((await submissions.get(first.id)).state).toBe('handed-over')
    expect(claims.map((row) => row?.id)).toEqual(others.map(({ id }) => id))
  })

  it('waits longer for sync when its mailbox hands over many messages, and is searched for then', async () => {
    const { submit, workOnce, submissions, requests, clock } = await outboxBesideSync({
      wakeSync: () => Promise.resolve(),
      gatherMs: 2 ** 31 - 1,
    })
    const sent = [await submit(), await submit(), await submit(), await submit()]
    const states = () => Promise.all(sent.map(async ({ id }) => (await submissions.get(id)).state))
    while (await workOnce());

    clock.advance(SYNC_MS)
    while (await workOnce());
    expect(await states()).toEqual(['sent', 'sent', 'handed-over', 'handed-over'])

    clock.advance(28_000)
    while (await workOnce());
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(requests().filter((name) => name === 'findSent')).toHaveLength(4)
  })

  it('is filed by a round of sync that is requested for many messages, and by a late one', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const id = newId<EmailAccountId>()
    const wakeSync = vi.fn(() => Promise.resolve())
    const { searchAfterMs } = createCopiesBySync({ wakeSync, gatherMs: 1000, lateMs: 5000 })
    const handOver = (messages: number) => Array.from({ length: messages }, () => searchAfterMs(id, SYNC_MS))

    // Two messages in a second are few.
    expect(handOver(2)).toEqual([SYNC_MS, SYNC_MS])
    vi.advanceTimersByTime(1000)
    expect(wakeSync).not.toHaveBeenCalled()

    expect(handOver(3)).toEqual([SYNC_MS, SYNC_MS, 30_000])
    vi.advanceTimersByTime(1000)
    expect(wakeSync.mock.calls).toEqual([[id]])
    expect(handOver(1)).toEqual([30_000])
    vi.advanceTimersByTime(1000)
    expect(wakeSync).toHaveBeenCalledTimes(2)

    // A last round ends the burst.
    vi.advanceTimersByTime(4000)
    expect(wakeSync).toHaveBeenCalledTimes(3)
    vi.advanceTimersByTime(60_000)
    expect(wakeSync).toHaveBeenCalledTimes(3)
    expect(handOver(1)).toEqual([SYNC_MS])
  })

  describe('and faults at each boundary', async () => {
    const { submit, settle, boundaries } = await outboxBesideSync()
    await submit()
    await settle()
    const seen = boundaries.map((name, index) => ({
      name,
      nth: boundaries.slice(0, index + 1).filter((each) => each === name).length,
    }))
    for (const { name, nth } of seen) {
      const faults: Fault[] = name.endsWith('store') ? ['kill', 'stall'] : ['kill', 'stall', 'cut']
      for (const fault of faults) {
        it(`is delivered exactly once: ${fault} ${name}, occurrence ${nth}`, async () => {
          const world = await outboxBesideSync()
          let times = 0
          world.server.faults = { at: (boundary) => (boundary === name && ++times === nth ? fault : undefined) }
          const sent = await world.submit()

          await world.settle(['worker-1', 'worker-2'])
          await world.release()
          await world.settle()

          expect(world.server.delivered).toEqual([sent.messageId])
          expect(world.server.objections).toEqual([])
          expect(world.server.leftoverDrafts).toBe(0)
          expect((await world.submissions.get(sent.id)).state).toBe('sent')
        })
      }
    }
  })
})
