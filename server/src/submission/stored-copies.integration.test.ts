import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import type { Fault } from '../../test/kit/strict-mail-server.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'
import type { CopiesBySyncOptions } from './copies-by-sync.ts'

const database = await testDatabase()
const MANY: CopiesBySyncOptions = { wakeSync: () => Promise.resolve(), gatherMs: 2 ** 31 - 1 }

/** An outbox at a server that stores no copies, with the requests to it in order. */
async function outboxWithoutCopies(copiesBySync: CopiesBySyncOptions = {}) {
  const world = await outboxForTest(database, {
    copiesBySync,
    serverFor: (clock) => new StrictMessageServer(clock),
  })
  Object.assign(world.server, { sentCopy: 'perhaps-by-server', laysCopies: false, copyWithinMs: 0 })
  const boundaries: string[] = []
  world.server.faults = { at: (name) => void boundaries.push(name) }
  const requests = () =>
    boundaries.filter((name) => name.startsWith('before ') && name !== 'before store').map((name) => name.slice(7))
  return { ...world, boundaries, requests }
}

describe('a copy that Postkey stores in Sent', () => {
  it('is filed by its id, after one search', async () => {
    const { submit, settle, submissions, requests } = await outboxWithoutCopies()
    const { id } = await submit()
    await settle()
    expect((await submissions.get(id)).state).toBe('sent')
    expect(requests()).toEqual(['upload', 'dot', 'findByMessageId', 'appendSent', 'fetchMessage'])
  })

  it('is left to a round of sync if the mailbox sends many messages, and searched for if sync does not file it', async () => {
    const { submit, workOnce, syncSent, settle, submissions, requests, server } = await outboxWithoutCopies(MANY)
    const sent = [await submit(), await submit(), await submit(), await submit()]
    const states = () => Promise.all(sent.map(async ({ id }) => (await submissions.get(id)).state))
    while (await workOnce());
    expect(await states()).toEqual(['sent', 'sent', 'handed-over', 'handed-over'])
    expect(requests().filter((name) => name === 'fetchMessage')).toHaveLength(2)

    const before = requests().length
    await settle()
    expect(requests().slice(before)).toEqual(['findByMessageId', 'findByMessageId'])
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent'])

    await submit()
    while (await workOnce());
    await syncSent()
    const after = requests().length
    await settle()
    expect(requests()).toHaveLength(after)
    expect(server.copies).toHaveLength(5)
  })

  it('is searched for again after it was stored, if an earlier search may have left a stalled worker', async () => {
    const { submit, workOnce, settle, requests, clock, server, LEASE_MS } = await outboxWithoutCopies()
    let stalls = 1
    const record = server.faults
    server.faults = {
      at: (name) => record.at(name) ?? (name === 'before appendSent' && stalls-- > 0 ? 'stall' : undefined),
    }
    await submit()
    await workOnce()
    await workOnce()
    clock.advance(LEASE_MS)
    const before = requests().length
    await settle(['worker-2'])
    expect(requests().slice(before)).toEqual(['findByMessageId', 'appendSent', 'findByMessageId'])
  })

  describe.each([
    ['one message', {}, 1],
    ['many messages', MANY, 3],
  ] as const)('is stored once for each of %s', async (_, copiesBySync, count) => {
    const { submit, settle, boundaries } = await outboxWithoutCopies(copiesBySync)
    for (let n = 0; n < count; n++) await submit()
    await settle()
    const seen = boundaries.map((name, index) => ({
      name,
      nth: boundaries.slice(0, index + 1).filter((each) => each === name).length,
    }))
    const afterHandover = seen.filter(({ name }) => /Sent|Message|store$/.test(name))
    for (const { name, nth } of afterHandover) {
      const faults: Fault[] = name.endsWith('store') ? ['kill', 'stall'] : ['kill', 'stall', 'cut']
      for (const fault of faults) {
        it(`despite a fault: ${fault} ${name}, occurrence ${nth}`, async () => {
          const world = await outboxWithoutCopies(copiesBySync)
          let times = 0
          world.server.faults = { at: (boundary) => (boundary === name && ++times === nth ? fault : undefined) }
          const sent = []
          for (let n = 0; n < count; n++) sent.push(await world.submit())

          await world.settle(['worker-1', 'worker-2'])
          await world.release()
          await world.settle()

          for (const { id, messageId } of sent) {
            const { state } = await world.submissions.get(id)
            // Without a handover, nothing proves that a started message went out.
            expect(state).toBe(
              fault === 'kill' && nth <= 2 * count && isStarted(name, nth) && state === 'unknown' ? 'unknown' : 'sent',
            )
            expect(world.server.copiesOf(messageId)).toHaveLength(state === 'sent' ? 1 : 0)
          }
          expect(new Set(world.server.delivered).size).toBe(world.server.delivered.length)
          expect(world.server.objections).toEqual([])
        })
      }
    }
  })
})

/** True between the stored start of sending and the stored handover, the first two writes of each message. */
function isStarted(name: string, nth: number): boolean {
  return name === (nth % 2 === 1 ? 'after store' : 'before store')
}
