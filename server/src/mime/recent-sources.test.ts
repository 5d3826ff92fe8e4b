import { expect, it, vi } from 'vitest'
import { createRecentSources } from './recent-sources.ts'

const bytes = (length: number) => new Uint8Array(length)

it('loads a source once for requests at the same time, and once more when it is no longer kept', async () => {
  const sources = createRecentSources({ keptMs: 50 })
  const load = vi.fn(() => Promise.resolve(bytes(10)))
  await Promise.all([1, 2, 3].map(() => sources.get({ key: 'a', load })))
  await sources.get({ key: 'a', load })
  expect(load).toHaveBeenCalledTimes(1)

  await vi.waitFor(async () => {
    await sources.get({ key: 'a', load })
    expect(load).toHaveBeenCalledTimes(2)
  })
})

it('keeps a source whose load takes longer than it is kept, from the end of the load on', async () => {
  const sources = createRecentSources({ keptMs: 1000 })
  const loaded = Promise.withResolvers<Uint8Array>()
  const load = vi.fn(() => loaded.promise)
  const first = sources.get({ key: 'slow', load })
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const second = sources.get({ key: 'slow', load })
  loaded.resolve(bytes(10))
  expect(await first).toBe(await second)
  expect(await sources.get({ key: 'slow', load })).toBe(await first)
  expect(load).toHaveBeenCalledTimes(1)
})

it('keeps no more bytes than it may, and nothing that is larger', async () => {
  const sources = createRecentSources({ mostBytes: 100 })
  const loads: string[] = []
  const get = (key: string, length: number) =>
    sources.get({ key, load: () => (loads.push(key), Promise.resolve(bytes(length))) })
  for (const key of ['a', 'b', 'a']) await get(key, 90)
  for (const key of ['large', 'large']) expect(await get(key, 101)).toHaveLength(101)
  expect(loads).toEqual(['a', 'b', 'a', 'large', 'large'])
})

it('gives undefined for a message that is gone, also when it was cleared meanwhile', async () => {
  const sources = createRecentSources()
  const loaded = Promise.withResolvers<undefined>()
  const asked = sources.get({ key: 'gone', load: () => loaded.promise })
  sources.clear()
  loaded.resolve(undefined)
  expect(await asked).toBeUndefined()
})

it('loads only so many at a time', async () => {
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
