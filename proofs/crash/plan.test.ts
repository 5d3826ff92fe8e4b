import { describe, expect, it } from 'vitest'
import { createPlan, type PlanOptions } from './plan.ts'

const options: PlanOptions = {
  ...{ seed: 7, in: 150, out: 30, workers: 2, accounts: 3 },
  steps: { 'before-send': 3, 'page-read': 2 },
  faults: [{ name: 'graph-throttled', options: { times: 3 } }],
}

describe('the plan of a run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(createPlan(options)).toEqual(createPlan(options))
    expect(createPlan({ ...options, seed: 8 })).not.toEqual(createPlan(options))
  })

  it.each([
    [150, 30],
    [2000, 300],
  ])('has all %i letters and %i submissions, each once', (letters, submissions) => {
    const rounds = createPlan({ ...options, in: letters, out: submissions })

    expect(rounds.flatMap((round) => round.letters.map(({ number }) => number))).toEqual(upTo(letters))
    expect(rounds.flatMap((round) => round.submissions.map(({ number }) => number))).toEqual(upTo(submissions))
  })

  it.each([1, 2, 3, 4, 5])('disturbs in every way, also in the shortest run (seed %i)', (seed) => {
    const kinds = createPlan({ ...options, seed }).flatMap(({ disturbances }) => disturbances.map(({ kind }) => kind))

    expect(new Set(kinds)).toEqual(
      new Set([
        ...['kill', 'stop', 'stop-at-step', 'cut-mail', 'cut-database', 'restart-database', 'jump', 'fault'],
        'silence-mail',
        'silence-database',
      ]),
    )
  })

  it('restarts each server in turn for a rolling restart, and does nothing else', () => {
    const rounds = createPlan({ ...options, rolling: true })

    expect(rounds.map(({ disturbances }) => disturbances)).toEqual(
      [0, 1, 0].map((worker) => [{ kind: 'restart-server', worker }]),
    )
  })

  it('has no two letters of one thread in a round, and always the same account for a thread', () => {
    const rounds = createPlan({ ...options, in: 2000 })

    for (const { letters } of rounds) expect(new Set(letters.map(({ thread }) => thread)).size).toBe(letters.length)
    for (const { thread, account } of rounds.flatMap((round) => round.letters)) expect(account).toBe(thread % 3)
  })

  it('stops no process for less than the lease', () => {
    const stops = createPlan({ ...options, in: 2000 })
      .flatMap(({ disturbances }) => disturbances)
      .filter((each) => 'jumpMs' in each)

    expect(stops.length).toBeGreaterThan(5)
    for (const { jumpMs } of stops) expect(jumpMs).toBeGreaterThan(60_000)
  })
})

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}
