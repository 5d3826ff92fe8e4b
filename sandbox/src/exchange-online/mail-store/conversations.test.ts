import { describe, expect, it } from 'vitest'
import { isConversationIndex, firstConversationIndex, replyConversationIndex } from './conversation-index.ts'
import { ANNA, BEN, openEmptyStore, someContent } from './empty-store.ts'

const SECOND_MS = 1000
const YEAR_MS = 365 * 24 * 3600 * SECOND_MS

describe('a conversation in the mail store', () => {
  it('contains a message and all that refer to it in References or In-Reply-To', () => {
    const { store } = openEmptyStore()
    const first = store.append(ANNA, 'inbox', someContent({ internetMessageId: '<1@x>' }), [])
    const byReferences = store.append(ANNA, 'sentitems', reply('<2@x>', { references: ['<0@x>', '<1@x>'] }), [])
    const byInReplyTo = store.append(ANNA, 'inbox', reply('<3@x>', { inReplyTo: ['<2@x>'] }), [])

    expect([byReferences, byInReplyTo].map(({ conversationId }) => conversationId)).toEqual([
      first.conversationId,
      first.conversationId,
    ])
  })

  it('grows its index by five bytes with each reply', () => {
    const { store } = openEmptyStore()
    const first = store.append(ANNA, 'inbox', someContent({ internetMessageId: '<1@x>' }), [])
    const second = store.append(ANNA, 'sentitems', reply('<2@x>'), [], { replyToKey: first.key })
    const third = store.append(ANNA, 'inbox', reply('<3@x>', { references: ['<2@x>'] }), [])

    expect([first, second, third].map(({ conversationIndex }) => conversationIndex.length)).toEqual([22, 27, 32])
    expect(third.conversationIndex.subarray(0, 27)).toEqual(second.conversationIndex)
  })

  it('is a new one when only the subject matches', () => {
    const { store } = openEmptyStore()
    const first = store.append(ANNA, 'inbox', someContent({ internetMessageId: '<1@x>' }), [])

    expect(store.append(ANNA, 'inbox', reply('<2@x>'), []).conversationId).not.toBe(first.conversationId)
  })

  it('is found by the Thread-Index of a client that writes no References', async () => {
    const { store } = openEmptyStore()
    const first = store.append(ANNA, 'inbox', someContent({ internetMessageId: '<1@x>' }), [])
    const index = replyConversationIndex(first.conversationIndex, first.receivedAt, 1)
    const mime = Buffer.from(`Message-ID: <2@x>\nThread-Index: ${Buffer.from(index).toString('base64')}\n\nx`)

    const second = await store.appendMime(ANNA, 'inbox', mime)

    expect(second.conversationId).toBe(first.conversationId)
    expect(second.conversationIndex).toEqual(index)
  })

  it('is not joined by an invalid Thread-Index', async () => {
    const { store } = openEmptyStore()

    const message = await store.appendMime(ANNA, 'inbox', Buffer.from('Thread-Index: !!!\n\nx'))

    expect(isConversationIndex(message.conversationIndex)).toBe(true)
  })

  it('has a different id in each mailbox', () => {
    const { store } = openEmptyStore()
    const [anna, ben] = [ANNA, BEN].map((mailbox) => store.append(mailbox, 'inbox', someContent(), []))

    expect(anna!.conversationId).not.toBe(ben!.conversationId)
    expect(anna!.conversationIndex).toEqual(ben!.conversationIndex)
  })
})

describe('the conversation index', () => {
  // A real Thread-Index as an example: 01D046C6FC06 is 2015-02-12 13:22:43.946 UTC.
  it("begins with the time in Outlook's format", () => {
    const index = firstConversationIndex(Date.UTC(2015, 1, 12, 13, 22, 43, 947), new Uint8Array(16))

    expect(Buffer.from(index).toString('hex').slice(0, 12)).toMatch(/^01d046c6fc06/)
    expect(isConversationIndex(index)).toBe(true)
  })

  it.each([
    [SECOND_MS, 0, Math.floor(1e7 / 2 ** 18)],
    [3 * YEAR_MS, 1, Math.floor((3 * YEAR_MS * 1e4) / 2 ** 23)],
  ])('stores the time of a reply %d ms later', (laterMs, longBit, delta) => {
    // A time whose lower 16 bits are zero, so that the index stores it exactly.
    const at = Number((BigInt('0x01d046c6fc060000') - 116_444_736_000_000_000n) / 10_000n) + 1
    const first = firstConversationIndex(at, new Uint8Array(16))
    const block = Buffer.from(replyConversationIndex(first, at + laterMs, 9))
      .subarray(22)
      .readUInt32BE()

    expect(block >>> 31).toBe(longBit)
    expect(Math.abs((block & 0x7fff_ffff) - delta)).toBeLessThanOrEqual(1)
  })

  it('stops growing in a very long conversation', () => {
    let index = firstConversationIndex(0, new Uint8Array(16))
    for (let i = 0; i < 300; i++) index = replyConversationIndex(index, i, i % 256)

    expect(index.length).toBe(22 + 200 * 5)
  })
})

function reply(internetMessageId: string, more: { references?: string[]; inReplyTo?: string[] } = {}) {
  return someContent({ internetMessageId, subject: 'RE: Hello', ...more })
}
