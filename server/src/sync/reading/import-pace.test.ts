import { expect, it } from 'vitest'
import { createInteractiveRequests } from '../../kernel/interactive-requests.ts'
import { createImportPace } from './import-pace.ts'

/** Runs pages that end one by one, and records how many are stored at a time. */
async function mostAtATime(pace: ReturnType<typeof createImportPace>, pages: number): Promise<number> {
  let [storing, most, stored] = [0, 0, 0]
  await Promise.all(
    Array.from({ length: pages }, () =>
      pace.run(async () => {
        most = Math.max(most, ++storing)
        await new Promise((resolve) => setImmediate(resolve))
        storing--
        stored++
      }),
    ),
  )
  expect(stored).toBe(pages)
  return most
}

it('four pages are stored at a time, and one while there are requests', async () => {
  let now = 0
  const requests = createInteractiveRequests(() => now)
  const pace = createImportPace(requests)
  expect(await mostAtATime(pace, 12)).toBe(4)
  expect(await mostAtATime(createImportPace(), 12)).toBe(4)
  requests.begin()()
  expect(await mostAtATime(pace, 12)).toBe(1)
  now += 1000
  expect(await mostAtATime(pace, 12)).toBe(4)
})

it('a page waits for the requests in progress', async () => {
  const requests = createInteractiveRequests(() => 0)
  const pace = createImportPace({ begin: () => requests.begin(), isActive: true, idle: () => requests.idle(3_600_000) })
  const order: string[] = []
  const end = requests.begin()
  const page = pace.run(async () => order.push('page'))
  await new Promise((resolve) => setImmediate(resolve))
  order.push('request')
  end()
  await page
  expect(order).toEqual(['request', 'page'])
})

it('a page that fails makes room for the next one', async () => {
  const requests = createInteractiveRequests(() => 0)
  requests.begin()()
  const pace = createImportPace(requests)
  const failed = pace.run(() => Promise.reject(new Error('no')))
  const next = pace.run(async () => 'stored')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('stored')
})
