import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lane } from '../mail-transport.ts'
import { createCallBudget } from './call-budget.ts'

function setUp() {
  let now = 0
  const sleeping: (() => void)[] = []
  const budget = createCallBudget({
    clock: { now: () => new Date(now) },
    sleep: (ms) =>
      new Promise<void>((resolve) => {
        sleeping.push(() => {
          now += ms
          resolve()
        })
      }),
  })
  return { budget, sleeping, wake: () => sleeping.shift()?.() }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('the call budget of a mailbox', () => {
  it('runs sending before syncing before importing', async () => {
    const { budget } = setUp()
    const order: string[] = []
    const leave = await Promise.all([budget.enter('import'), budget.enter('import'), budget.enter('import')])
    const calls = (['import', 'sync', 'send', 'import', 'send'] as Lane[]).map((lane, index) =>
      budget.run(lane, () => {
        order.push(`${lane} ${index}`)
        return Promise.resolve()
      }),
    )

    leave[0]()
    await Promise.all(calls)

    expect(order).toEqual(['send 2', 'send 4', 'sync 1', 'import 0', 'import 3'])
  })

  it('runs at most three calls at a time, for any order of calls and failures', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.record({ lane: fc.constantFrom<Lane>('send', 'sync', 'import'), fails: fc.boolean() }), {
          maxLength: 30,
        }),
        async (scheduler, calls) => {
          const { budget } = setUp()
          let running = 0
          let most = 0
          const runs = calls.map(({ lane, fails }) =>
            budget
              .run(lane, async () => {
                most = Math.max(most, ++running)
                await scheduler.schedule(Promise.resolve())
                running--
                if (fails) throw new Error('refused')
              })
              .catch(() => undefined),
          )
          await scheduler.waitFor(Promise.all(runs))
          expect(most).toBeLessThanOrEqual(3)
          expect(most).toBe(Math.min(3, calls.length))
        },
      ),
      { numRuns: 200 },
    ))

  it('runs no call during a pause, and all waiting ones afterwards', async () => {
    const { budget, wake, sleeping } = setUp()
    let through = 0
    budget.pauseUntil(new Date(5000))
    budget.pauseUntil(new Date(1000))
    const calls = [1, 2].map(() => budget.run('sync', () => Promise.resolve(through++)))

    await settle()
    expect(through).toBe(0)
    expect(budget.pausedUntil()).toEqual(new Date(5000))
    expect(sleeping).toHaveLength(1)

    wake()
    await Promise.all(calls)
    expect(through).toBe(2)
    expect(budget.pausedUntil()).toBeUndefined()
  })

  it('frees a place once, for any number of calls of the release function', async () => {
    const { budget } = setUp()
    const leave = await budget.enter('sync')
    await budget.enter('sync')
    await budget.enter('sync')
    leave()
    leave()
    leave()
    let through = 0
    void budget.enter('sync').then(() => through++)
    void budget.enter('sync').then(() => through++)

    await settle()

    expect(through).toBe(1)
  })
})
