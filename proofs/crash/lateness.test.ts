import { describe, expect, it } from 'vitest'
import { measureLateness, watchArrivals } from './lateness.ts'

describe('lateness', () => {
  it('is the median and the longest of what has an end', () => {
    expect(measureLateness([[0, 300], [100, 110], [5, undefined], [0, 9000]])).toEqual({ p50: 300, max: 9000 }) // prettier-ignore
    expect(measureLateness([])).toEqual({ p50: null, max: null })
  })

  it('remembers the first observation of an arrival, also after a failed check', async () => {
    const looks = [() => Promise.reject(new Error('down')), () => Promise.resolve([{ number: 7, messageId: 'o7' }])]
    const seen = Promise.withResolvers<undefined>()
    const watch = watchArrivals(
      {
        arrivals() {
          const look = looks.shift()
          if (!look) seen.resolve(undefined)
          return look ? look() : Promise.resolve([])
        },
      },
      () => undefined,
    )
    await seen.promise
    watch.stop()
    expect([...watch.arrivedAt.keys()]).toEqual([7])
  })
})
