import { expect, it } from 'vitest'
import { backoffMs, pause } from './transport.ts'

it('the wait before a retry ends by the signal, and throws its reason', async () => {
  const controller = new AbortController()
  const waiting = pause(3_600_000, controller.signal)

  controller.abort(new Error('Enough'))
  await expect(waiting).rejects.toThrow(/^Enough$/)
})

it('the backoff grows from half a second to half a minute, with jitter', () => {
  const waits = Array.from({ length: 12 }, (_, failures) => backoffMs(failures))

  expect(waits.every((ms, failures) => ms <= 500 * 2 ** failures && ms >= Math.min(15_000, 250 * 2 ** failures))).toBe(
    true,
  )
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
})
