import { expect, it } from 'vitest'
import { rowsPerLane } from './conversation-scan.ts'

it('a statement of a search reads a bounded number of rows, and some of each lane', () => {
  const [mostLists, mostAccounts, mostTags] = [6, 50, 10]
  for (let lanes = 1; lanes <= mostLists * mostAccounts * mostTags; lanes++) {
    expect(rowsPerLane(lanes)).toBeGreaterThanOrEqual(20)
    expect(rowsPerLane(lanes) * lanes).toBeLessThanOrEqual(60_000)
  }
})
