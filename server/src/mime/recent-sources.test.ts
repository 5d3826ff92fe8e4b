import { expect, it, vi } from 'vitest'
import { createRecentSources } from './recent-sources.ts'

const bytes = (length: number) => new Uint8Array(length)

it('recent sources load once for concurrent requests, and again after they expire', async () => {
  let now = 1
  const sources = createRecentSources({ keptMs: 60_000, now: () => now })
  const load = vi.fn(() => Promise.resolve(bytes(10)))
  await Promise.all([1, 2, 3].map(() => sources.get({ key: 'a', load })))
  await sources.get({ key: 'a', load })
  expect(load).toHaveBeenCalledTimes(1)

  now += 60_001
  await expect
    .poll(async () => {
      await sources.get({ key: 'a', load })
      return load.mock.calls.length
    })
    .toBe(2)
})

it('recent sources are kept from the end of a slow load on', async () => {
  let now = 1
  const sources = createRecentSources({ keptMs: 60_000, now: () => now })
  const loaded = Promise.withResolvers<Uint8Array>()
  const load = vi.fn(() => loaded.promise)
  const first = sources.get({ key: 'slow', load })
  now += 60_001
  const second = sources.get({ key: 'slow', load })
  loaded.resolve(bytes(10))
  expect(await first).toBe(await second)
  expect(await sources.get({ key: 'slow', load })).toBe(await first)
  expect(load).toHaveBeenCalledTimes(1)
})

it('recent sources never exceed their total size, and larger ones are not kept', async () => {
  const sources = createRecentSources({ mostBytes: 100 })
  const loads: string[] = []
  const get = (key: string, length: number) =>
    sources.get({ key, load: () => (loads.push(key), Promise.resolve(bytes(length))) })
  for (const key of ['a', 'b', 'a']) await get(key, 90)
  for (const key of ['large', 'large']) expect(await get(key, 101)).toHaveLength(101)
  expect(loads).toEqual(['a', 'b', 'a', 'large', 'large'])
})

it('recent sources return undefined for a missing message, even when cleared meanwhile', async () => {
  const sources = createRecentSources()
  const loaded = Promise.withResolvers<undefined>()
  const asked = sources.get({ key: 'gone', load: () => loaded.promise })
  sources.clear()
  loaded.resolve(undefined)
  expect(await asked).toBeUndefined()
})

it('recent sources limit concurrent loads', async () => {
  const sources = createRecentSources({ mostLoading: 2 })
  let [running, most] = [0, 0]
  const load = async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running--
    return bytes(1)
  }
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => sources.get({ key, load })))
  expect(most).toBe(2)
})
