import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WAIT } from '../../test/kit/index.ts'
import { createBatches } from './batches.ts'
import { AppError } from './errors.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Runs that end when the test says so. */
function controlled(options?: { most?: number; gathers?: boolean; gatherMs?: number }) {
  const runs: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = []
  const add = createBatches<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, end: () => resolve(items.map((item) => `result ${item}`)), fail: reject })
      }),
    options,
  )
  return { add, runs, itemsOfRuns: () => runs.map(({ items }) => items) }
}

describe('items added concurrently', () => {
  it('run together after the first, each with its own result', async () => {
    const { add, runs, itemsOfRuns } = controlled()
    const results = [add(1), add(2), add(3)]
    expect(itemsOfRuns()).toEqual([[1]])

    runs[0]!.end()
    expect(await results[0]).toBe('result 1')
    await vi.waitUntil(() => runs.length === 2, WAIT)
    runs[1]!.end()

    expect(await Promise.all(results)).toEqual(['result 1', 'result 2', 'result 3'])
    expect(itemsOfRuns()).toEqual([[1], [2, 3]])
  })

  it('run together with the first, if it waits for others', async () => {
    const { add, runs, itemsOfRuns } = controlled({ gatherMs: 25 })
    const results = [add(1), add(2)]
    expect(itemsOfRuns()).toEqual([])

    await vi.advanceTimersByTimeAsync(25)
    expect(itemsOfRuns()).toEqual([[1, 2]])
    runs[0]!.end()
    expect(await Promise.all(results)).toEqual(['result 1', 'result 2'])
  })

  it('never join a run that started before them', async () => {
    const { add, runs, itemsOfRuns } = controlled()
    const first = add(1)
    const second = add(1)

    runs[0]!.end()
    await first
    await vi.waitUntil(() => runs.length === 2, WAIT)
    expect(itemsOfRuns()).toEqual([[1], [1]])
    runs[1]!.end()
    expect(await second).toBe('result 1')
  })

  it('run at once when none runs', async () => {
    const { add, runs, itemsOfRuns } = controlled()
    for (const item of [1, 2]) {
      const result = add(item)
      runs.at(-1)!.end()
      await result
      await Promise.resolve()
    }

    expect(itemsOfRuns()).toEqual([[1], [2]])
  })

  it('run together in the next turn of the event loop, on request', async () => {
    const { add, runs, itemsOfRuns } = controlled({ gathers: true })
    const results = [add(1), add(2)]
    expect(itemsOfRuns()).toEqual([])
    vi.advanceTimersToNextTimer()
    expect(itemsOfRuns()).toEqual([[1, 2]])
    results.push(add(3))

    runs[0]!.end()
    await results[0]
    await vi.waitUntil(() => runs.length === 2, WAIT)
    runs[1]!.end()

    expect(await Promise.all(results)).toEqual(['result 1', 'result 2', 'result 3'])
  })

  it('run once if the event loop is blocked before the run that gathers them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { add, runs, itemsOfRuns } = controlled({ gathers: true })
    const results = [add(1), add(2)]

    // The timer of the longest wait has expired when the event loop continues, and precedes the next turn.
    vi.advanceTimersByTime(250)
    await new Promise((resolve) => setImmediate(resolve))

    expect(itemsOfRuns()).toEqual([[1, 2]])
    runs[0]!.end()
    expect(await Promise.all(results)).toEqual(['result 1', 'result 2'])
  })

  it('all fail while the database is unavailable, and later items run', async () => {
    const { add, runs, itemsOfRuns } = controlled()
    const first = add(1)
    const others = [add(2), add(3)].map((each) => each.catch((error: unknown) => error))
    const down = new AppError('database.unavailable')
    runs[0]!.fail(down)
    await expect(first).rejects.toBe(down)
    await vi.waitUntil(() => runs.length === 2, WAIT)
    runs[1]!.fail(down)
    expect(await Promise.all(others)).toEqual([down, down])

    const later = add(4)
    await vi.waitUntil(() => runs.length === 3, WAIT)
    runs[2]!.end()

    expect(await later).toBe('result 4')
    expect(itemsOfRuns()).toEqual([[1], [2, 3], [4]])
  })

  it.each([
    new Error('two is refused'),
    new AppError('database.lock_busy'),
    new AppError('database.too_slow'),
    new AppError('database.deadlock'),
  ])('fail only by their own error: %s', async (error) => {
    const run = vi.fn((items: readonly number[]) =>
      items.includes(2) ? Promise.reject(error) : Promise.resolve(items.map(String)),
    )
    const add = createBatches(run)

    const results = await Promise.allSettled([add(1), add(2), add(3)])

    expect(results).toEqual([
      { status: 'fulfilled', value: '1' },
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: '3' },
    ])
    expect(run.mock.calls.map(([items]) => items)).toEqual([[1], [2, 3], [2], [3]])
  })

  it('do not wait long for a run that hangs', async () => {
    const { add, runs, itemsOfRuns } = controlled()
    void add(1)
    const second = add(2)

    vi.advanceTimersByTime(249)
    expect(runs).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(itemsOfRuns()).toEqual([[1], [2]])
    runs[1]!.end()

    expect(await second).toBe('result 2')
  })

  it('do not wait long for a run that hangs, also beyond the maximum size of the next run', () => {
    const { add, itemsOfRuns } = controlled({ most: 2 })
    for (const item of [1, 2, 3, 4, 5, 6]) void add(item)

    for (let n = 0; n < 3; n++) vi.advanceTimersByTime(250)

    expect(itemsOfRuns()).toEqual([[1], [2, 3], [4, 5], [6]])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are split into runs of the maximum size', async () => {
    const { add, runs, itemsOfRuns } = controlled({ most: 2 })
    const results = [1, 2, 3, 4].map(add)
    for (let n = 0; n < 3; n++) {
      await vi.waitUntil(() => runs.length === n + 1, WAIT)
      runs[n]!.end()
    }

    expect(await Promise.all(results)).toHaveLength(4)
    expect(itemsOfRuns()).toEqual([[1], [2, 3], [4]])
  })
})
