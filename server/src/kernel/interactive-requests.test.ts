import { expect, it } from 'vitest'
import { createInteractiveRequests } from './interactive-requests.ts'

const HOUR_MS = 3_600_000

it('requests are active from their start to a second after their end', () => {
  let now = 0
  const requests = createInteractiveRequests(() => now)
  expect(requests.isActive).toBe(false)
  const [first, second] = [requests.begin(), requests.begin()]
  first()
  now += 1500
  expect(requests.isActive).toBe(true)
  second()
  second()
  now += 999
  expect(requests.isActive).toBe(true)
  now += 1
  expect(requests.isActive).toBe(false)
})

it('idle resolves when the last request ends', async () => {
  const requests = createInteractiveRequests(() => 0)
  await requests.idle(HOUR_MS)
  const [first, second] = [requests.begin(), requests.begin()]
  let isIdle = false
  const idle = requests.idle(HOUR_MS).then(() => (isIdle = true))
  first()
  await Promise.resolve()
  expect(isIdle).toBe(false)
  second()
  await idle
})

it('idle resolves at its limit, and ignores requests that take more than 5 seconds', async () => {
  let now = 0
  const requests = createInteractiveRequests(() => now)
  requests.begin()
  await requests.idle(1)
  now += 5001
  await requests.idle(HOUR_MS)
  expect(requests.isActive).toBe(false)
})
