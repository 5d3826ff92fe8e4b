import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { closeBytes, openBytes } from './opened-bytes.ts'

let isClosed = false

/** Holds a place of its mailbox, like a stream of Graph, until it is closed. */
async function* pieces(): AsyncGenerator<Uint8Array> {
  isClosed = false
  try {
    for (const piece of ['a', 'b', 'c']) yield Buffer.from(piece)
  } finally {
    isClosed = true
  }
}

it('returns all bytes, including the first ones', async () => {
  expect((await buffer(await openBytes(pieces()))).toString()).toBe('abc')
  expect(isClosed).toBe(true)
})

it('closes its source even if no bytes have been read from it', async () => {
  const bytes = await openBytes(pieces())
  expect(isClosed).toBe(false)
  await closeBytes(bytes)
  expect(isClosed).toBe(true)
  expect(await buffer(bytes)).toHaveLength(0)
})

it('closes its source if a response ends before it is sent', async () => {
  const body = Readable.from(await openBytes(pieces()))
  await once(body.destroy(), 'close')
  expect(isClosed).toBe(true)
})
