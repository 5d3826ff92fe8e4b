import { describe, expect, it } from 'vitest'
import { createPasswordQueue } from './password-queue.ts'

/** Creates work that ends when the test decides. */
function createWork() {
  const started: number[] = []
  const ends: (() => void)[] = []
  return {
    started,
    begin: (n: number) => () =>
      new Promise<number>((end) => {
        started.push(n)
        ends.push(() => end(n))
      }),
    endNext: async () => {
      ends.shift()!()
      await settled()
    },
  }
}

/** Lets all resolved promises continue. */
const settled = () => new Promise<void>((done) => setImmediate(done))

const NEW = { name: 'new-devices' } as const
const BUSY = { code: 'people.sign_ins_busy', remedy: 'wait', retryAfterSeconds: 2 }

describe('password hashing', () => {
  it('runs two at once and the others in arrival order', async () => {
    const { run } = createPasswordQueue()
    const { started, begin, endNext } = createWork()
    const done = Promise.all([1, 2, 3, 4, 5].map((n) => run(begin(n), NEW)))
    await settled()
    expect(started).toEqual([1, 2])
    for (const expected of [
      [1, 2, 3],
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5],
    ]) {
      await endNext()
      expect(started).toEqual(expected)
    }
    await endNext()
    await endNext()
    expect(await done).toEqual([1, 2, 3, 4, 5])
  })

  it('is refused at once when twenty wait, and accepted again afterwards', async () => {
    const { run } = createPasswordQueue()
    const { started, begin, endNext } = createWork()
    const all = Array.from({ length: 22 }, (_, n) => run(begin(n), NEW))
    await expect(run(begin(99), { ...NEW, client: 'other' })).rejects.toMatchObject(BUSY)
    expect(started).not.toContain(99)

    await endNext()
    await endNext()
    const next = run(begin(23), NEW)
    for (let n = 0; n < 21; n++) await endNext()
    expect(await Promise.all([...all, next])).toHaveLength(23)
  })

  it('leaves places to other clients when one client floods it', async () => {
    const { run } = createPasswordQueue()
    const { begin, endNext } = createWork()
    const all = Array.from({ length: 12 }, (_, n) => run(begin(n), { ...NEW, client: '192.0.2.1' }))
    await expect(run(begin(12), { ...NEW, client: '192.0.2.1' })).rejects.toMatchObject(BUSY)
    const other = run(begin(13), { ...NEW, client: '192.0.2.2' })
    for (let n = 0; n < 13; n++) await endNext()
    expect(await Promise.all([...all, other])).toHaveLength(13)
  })

  it.each(['known-devices', 'links'] as const)(
    'has places of their own for %s, two per client, which take turns with new devices',
    async (name) => {
      const { run } = createPasswordQueue()
      const { started, begin, endNext } = createWork()
      const newDevices = Array.from({ length: 22 }, (_, n) => run(begin(n), NEW))
      const send = (n: number, client: string) => run(begin(n), { name, client })
      const all = [...newDevices, send(100, 'a'), send(101, 'a')]
      await expect(send(102, 'a')).rejects.toMatchObject(BUSY)
      all.push(send(103, 'b'), send(104, 'b'), send(105, 'c'))
      await expect(send(106, 'd')).rejects.toMatchObject(BUSY)

      for (let n = 0; n < 27; n++) await endNext()
      expect(await Promise.all(all)).toHaveLength(27)
      expect(started.slice(0, 12)).toEqual([0, 1, 100, 2, 101, 3, 103, 4, 104, 5, 105, 6])
    },
  )

  it('frees its place after a failure', async () => {
    const { run } = createPasswordQueue()
    const failing = Array.from({ length: 5 }, () => run(() => Promise.reject(new TypeError('broken')), NEW))
    for (const each of failing) await expect(each).rejects.toThrow('broken')
    await expect(run(() => Promise.resolve(1), NEW)).resolves.toBe(1)
  })
})
