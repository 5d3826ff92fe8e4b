import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRounds, roundFigures, type Rounds } from './rounds.ts'

const DEADLINE_MS = 10_000
let rounds: Rounds
let runs: { over: AbortSignal; late: AbortSignal; end: () => void; fail: (error: Error) => void }[]
let errors: unknown[]
let isMoreDue = false

beforeEach(() => {
  vi.useFakeTimers()
  runs = []
  errors = []
  isMoreDue = false
  rounds = createRounds({
    name: 'test.rounds',
    deadlineMs: DEADLINE_MS,
    run: (over, late) => new Promise((end, fail) => runs.push({ over, late, end, fail })),
    onError: (error) => errors.push(error),
    isMoreDue: () => isMoreDue,
  })
  rounds.start()
})
afterEach(async () => {
  for (const { end } of runs) end()
  await rounds.stop()
  vi.useRealTimers()
})

const figures = () => roundFigures().find(({ name }) => name === 'test.rounds')

it('a round that never ends is abandoned and reported once, and the next starts by itself', async () => {
  rounds.poke()
  await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1)
  expect(runs).toHaveLength(1)

  await vi.advanceTimersByTimeAsync(1_001)
  expect(runs).toHaveLength(2)
  expect(runs[0]!.over.aborted).toBe(true)
  expect(runs[1]!.over.aborted).toBe(false)
  expect(errors).toMatchObject([{ code: 'kernel.round_abandoned', detail: 'test.rounds, after 10 s' }])
  expect(figures()).toMatchObject({ abandoned: 1, isStalled: false })
})

it("a round gets a signal to finish at half its deadline, and isn't abandoned when it does", async () => {
  rounds.poke()
  await vi.advanceTimersByTimeAsync(DEADLINE_MS / 2 - 1)
  expect(runs[0]!.late.aborted).toBe(false)

  await vi.advanceTimersByTimeAsync(1_001)
  expect([runs[0]!.late.aborted, runs[0]!.over.aborted]).toEqual([true, false])
  runs[0]!.end()
  await vi.advanceTimersByTimeAsync(DEADLINE_MS)
  expect(figures()).toMatchObject({ abandoned: 0, isStalled: false })
})

it('the late result and the late failure of an abandoned round are ignored', async () => {
  rounds.poke()
  await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1_000)
  runs[0]!.fail(new Error('late'))
  await vi.advanceTimersByTimeAsync(0)
  expect(errors).toHaveLength(1)
  expect(rounds.isRunning).toBe(true)
  expect(runs).toHaveLength(2)
})

it('recurring work is stalled after three abandoned rounds in a row, until a round ends', async () => {
  rounds.poke()
  await vi.advanceTimersByTimeAsync(2 * (DEADLINE_MS + 1_000))
  expect(figures()).toMatchObject({ abandoned: 2, isStalled: false })
  await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1_000)
  expect(figures()).toMatchObject({ abandoned: 3, isStalled: true })
  runs.at(-1)!.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(figures()).toMatchObject({ abandoned: 3, isStalled: false })
})

it('one round runs at a time, and one more when it was poked meanwhile', async () => {
  rounds.poke()
  rounds.poke()
  rounds.poke()
  expect(runs).toHaveLength(1)
  runs[0]!.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(runs).toHaveLength(2)
  runs[1]!.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(runs).toHaveLength(2)
})

it('further rounds follow as long as more is due', async () => {
  isMoreDue = true
  rounds.poke()
  runs[0]!.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(runs).toHaveLength(2)
})

it('recurring work survives a round that throws before its first wait', async () => {
  const broken = createRounds({
    name: 'test.broken',
    deadlineMs: DEADLINE_MS,
    run: () => {
      throw new Error('at once')
    },
    onError: (error) => errors.push(error),
  })
  broken.start()
  broken.poke()
  await broken.settled()
  broken.poke()
  await broken.stop()
  expect(errors).toHaveLength(2)
})

it('recurring work stops within its limit even if a round never ends, and is no longer listed', async () => {
  rounds.poke()
  const stopped = rounds.stop()
  await vi.advanceTimersByTimeAsync(6_000)
  await stopped
  expect(runs[0]!.over.aborted).toBe(true)
  expect(figures()).toBeUndefined()
  rounds.poke()
  expect(runs).toHaveLength(1)
})
