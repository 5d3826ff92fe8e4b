import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { streamZip, type ZipEntry } from './stream-zip.ts'

/** Entries that record when they are opened and closed. */
function stage() {
  const opened: string[] = []
  const closed: string[] = []
  const entry = (name: string, pieces: number, { gate, isLeftOut = false }: Gate = {}): ZipEntry => ({
    name,
    compress: false,
    open: async () => {
      opened.push(name)
      await gate
      return isLeftOut ? undefined : source(name, pieces)
    },
  })
  function source(name: string, pieces: number): AsyncIterable<Uint8Array> {
    let left = pieces
    const iterator: AsyncIterator<Uint8Array> = {
      next: () =>
        Promise.resolve(left-- > 0 ? { value: Buffer.alloc(1000), done: false } : { value: undefined, done: true }),
      return: () => {
        closed.push(name)
        return Promise.resolve({ value: undefined, done: true })
      },
    }
    return { [Symbol.asyncIterator]: () => iterator }
  }
  return { opened, closed, entry }
}

interface Gate {
  gate?: Promise<unknown>
  isLeftOut?: boolean
}

it.each([false, true])(
  'opens no further entry once the recipient has gone, and closes the one being opened (left out: %s)',
  async (isLeftOut) => {
    const { opened, closed, entry } = stage()
    const { promise: gate, resolve: release } = Promise.withResolvers<undefined>()
    const zip = await streamZip([entry('a', 1), entry('b', 1_000_000, { gate, isLeftOut }), entry('c', 1)])
    while (!opened.includes('b')) await turn()

    await once(zip.destroy(), 'close')
    release(undefined)
    await turn()

    expect(closed.includes('b')).toBe(!isLeftOut)
    expect(opened).toEqual(['a', 'b'])
  },
)

it('closes an entry that waits for a slow recipient', async () => {
  const { closed, opened, entry } = stage()
  const zip = await streamZip([entry('a', 1_000_000), entry('b', 1)])
  await once(zip, 'readable')

  await once(zip.destroy(), 'close')
  await turn()

  expect(closed).toContain('a')
  expect(opened).toEqual(['a'])
})

it('closes an opened entry that is not read yet, because the one before it is still being written', async () => {
  const { closed, opened, entry } = stage()
  // More than the output holds without a reader, less than all streams before it.
  const zip = await streamZip([entry('a', 500), entry('b', 1_000_000)])
  while (!opened.includes('b')) await turn()
  await turn()

  await once(zip.destroy(), 'close')
  await turn()

  expect(closed).toContain('b')
})
