import { describe, expect, it } from 'vitest'
import type { Parser } from '../../mime/index.ts'
import { BODY_LIMITS, fetchBodies, fetchSource } from './bodies.ts'
import type { ImapConnection } from './imap-connection.ts'

/** Parses only valid messages, like the threads. */
const parser: Pick<Parser, 'parse'> = {
  parse: (source) =>
    Buffer.isBuffer(source)
      ? Promise.resolve({ subject: source.toString(), marks: {} } as never)
      : Promise.reject(new TypeError('no bytes')),
}
const options = { parser, hints: {}, now: () => new Date(0), limits: BODY_LIMITS }
const where = { path: 'INBOX', uidValidity: 1 }
const listed = [1, 2].map((uid) => ({ uid, flags: [], claimedBytes: 10, receivedAt: new Date(0) }))

/** A server that returns NIL for messages moved meanwhile by another client, which imapflow passes on as `false`. */
function connectionTo(sources: Readonly<Record<number, string | false>>): ImapConnection {
  const rowOf = (uid: number) => {
    const source = sources[uid]
    const bytes = typeof source === 'string' ? Buffer.from(source) : source
    return { uid, seq: uid, source: bytes, headers: bytes }
  }
  return {
    isClosed: false,
    fetch: async (set: string, _query: unknown, _how: unknown, each: (row: unknown) => void) => {
      for (const uid of Object.keys(sources).map(Number)) {
        const [first, last = first] = set.split(':').map(Number)
        if (uid >= first! && uid <= last!) each(rowOf(uid))
      }
    },
  } as unknown as ImapConnection
}

describe('a message whose body is NIL', () => {
  it('is left out without affecting others', async () => {
    const found = await fetchBodies(connectionTo({ 1: false, 2: 'here' }), where, listed as never, options)

    expect(found.map(({ subject }) => subject)).toEqual(['here'])
  })

  it('has no source', async () => {
    expect(await fetchSource(connectionTo({ 1: false }), 1, 1000)).toBeUndefined()
  })
})
