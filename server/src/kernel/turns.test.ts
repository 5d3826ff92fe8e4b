import { expect, it } from 'vitest'
import { mapInTurns } from './turns.ts'

it('mapInTurns returns all results in order and lets other work run in between', async () => {
  const log: (number | 'other')[] = []
  const mapped = mapInTurns(
    Array.from({ length: 50 }, (_, n) => n),
    (n) => (log.push(n), n * 2),
  )
  setImmediate(() => log.push('other'))
  expect(await mapped).toEqual(Array.from({ length: 50 }, (_, n) => n * 2))
  expect(log.indexOf('other')).toBeLessThan(50)
})
