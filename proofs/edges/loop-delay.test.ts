import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { longestDelay } from './loop-delay.ts'

describe('the longest event-loop delay', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postkey-loop-delay-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('is the largest sample of the period', () => {
    samples([1000, 20], [6500, 700], [7000, 20], [7500, 9000])
    expect(longestDelay(folder, 6400, 7100)).toBe(700)
  })

  it('counts a sample that comes late', () => {
    samples([1000, 20], [6500, 20], [11_500, 20])
    expect(longestDelay(folder, 6400, 12_000)).toBe(4500)
  })

  it('counts the silence of a running server, but not of an ended one', () => {
    samples([1000, 20], [6500, 20])
    expect(longestDelay(folder, 6400, 14_000, 7)).toBe(7000)
    expect(longestDelay(folder, 6400, 14_000)).toBe(20)
  })

  it('leaves out the start of a server, which loads its modules', () => {
    samples([1000, 9000], [15_000, 4000], [15_500, 20], [16_000, 300])
    expect(longestDelay(folder, 0, 20_000)).toBe(300)
  })

  it('leaves out the time without a processor', () => {
    samples([1000, 20], [6500, 5200, 5000], [12_500, 20, 5400])
    expect(longestDelay(folder, 6400, 13_000)).toBe(200)
  })

  function samples(...list: [at: number, maxMs: number, waitedMs?: number][]): void {
    const lines = list.map(([at, maxMs, waitedMs = 0]) => `${JSON.stringify({ pid: 7, at, maxMs, waitedMs })}\n`)
    writeFileSync(join(folder, 'loop-delay.jsonl'), lines.join(''))
  }
})
