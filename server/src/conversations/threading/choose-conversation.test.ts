import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import type { Address, Marks } from '../../mail/index.ts'
import { createTestClock, customerMessage } from '../../../test/kit/index.ts'
import {
  chooseConversation,
  MOST_OF_ONE_REMOTE_CONVERSATION,
  SUBJECT_WINDOW_MS,
  type ThreadedMessage,
  type ThreadingRules,
} from './choose-conversation.ts'
import {
  addConversation,
  addMessage,
  addRemoteConversation,
  emptyIndex,
  existingConversation,
  type ConversationIndex,
} from './conversation-index.ts'
import { createConversationTokens } from './conversation-tokens.ts'

const clock = createTestClock('2026-01-01T00:00:00Z')
const tokens = createConversationTokens([new Secret('threading-test')])
const SUPPORT: Address = { name: 'Support', address: 'support@contoso.example' }
const KIM: Address = { name: 'Kim', address: 'kim@customer.example' }
const LEE: Address = { name: 'Lee', address: 'lee@customer.example' }
const RULES: ThreadingRules = { own: new Set([SUPPORT.address]), joinsBySubject: false, tokens }

const FIRST = conversationId(1)
const SECOND = conversationId(2)
const THIRD = conversationId(3)

function conversationId(n: number): ConversationId {
  return `00000000-0000-7000-8000-${String(n).padStart(12, '0')}` as ConversationId
}

function message(more: Partial<ThreadedMessage> = {}): ThreadedMessage {
  const plain = customerMessage(clock, 1, {
    messageId: 'new@x',
    remoteConversationId: undefined,
    from: KIM,
    to: [SUPPORT],
  })
  return { ...plain, direction: 'in', ...more }
}

function deliveryReport(
  originalMessageId: string | undefined,
  address: string,
  originalReferences: string[] = [],
): Marks {
  const recipients = [
    { address, originalAddress: undefined, action: 'failed' as const, status: '5.1.1', diagnostic: '' },
  ]
  return { deliveryReport: { originalMessageId, originalReferences, recipients } }
}

/** An index of conversations with Kim. Days count from the clock's time. */
function indexOf(...known: { id: ConversationId; participants?: Address[]; day?: number }[]): ConversationIndex {
  const index = emptyIndex()
  for (const { id, participants = [KIM], day = 0 } of known) {
    addConversation(index, id, { subject: 'Question 1', receivedAt: after(day) }, clock.now())
    index.conversations.get(id)!.participants = participants
  }
  return index
}

function after(days: number): Date {
  return new Date(clock.now().getTime() + days * 24 * 60 * 60_000)
}

describe('chooseConversation: Message-IDs', () => {
  it('starts a conversation for a message without a known Message-ID', () => {
    expect(chooseConversation(message({ inReplyTo: ['unknown@x'] }), indexOf({ id: FIRST }), RULES)).toBeUndefined()
  })

  it('follows In-Reply-To and References, the latest reference first', () => {
    const index = indexOf({ id: FIRST }, { id: SECOND })
    index.byMessageId.set('older@x', FIRST).set('newer@x', SECOND)
    expect(chooseConversation(message({ references: ['older@x', 'newer@x'] }), index, RULES)).toBe(SECOND)
    expect(chooseConversation(message({ inReplyTo: ['older@x'], references: ['newer@x'] }), index, RULES)).toBe(FIRST)
  })

  it('prefers a reply filed before the message, by the own Message-ID', () => {
    const index = indexOf({ id: FIRST }, { id: SECOND })
    index.byMessageId.set('new@x', SECOND).set('older@x', FIRST)
    expect(chooseConversation(message({ inReplyTo: ['older@x'] }), index, RULES)).toBe(SECOND)
  })

  it('prefers a sent message in In-Reply-To to a token, and a token to mail of others', () => {
    const index = indexOf({ id: FIRST }, { id: SECOND }, { id: THIRD })
    index.byMessageId.set('sent@x', FIRST).set('foreign@x', THIRD)
    index.sentMessageIds.add('sent@x')
    const token = tokens.tokenOf(SECOND, SUPPORT.address)
    const reply = message({ inReplyTo: ['foreign@x', 'sent@x'], references: [token] })
    expect(chooseConversation(reply, index, RULES)).toBe(FIRST)
    expect(chooseConversation({ ...reply, inReplyTo: ['foreign@x'] }, index, RULES)).toBe(SECOND)
    expect(chooseConversation({ ...reply, inReplyTo: ['foreign@x'], references: [] }, index, RULES)).toBe(THIRD)
  })

  it('ignores a token with a wrong signature, and one of a conversation that the account does not have', () => {
    const token = tokens.tokenOf(FIRST, SUPPORT.address)
    const forged = token.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0'))
    expect(chooseConversation(message({ references: [token] }), indexOf({ id: FIRST }), RULES)).toBe(FIRST)
    expect(chooseConversation(message({ references: [forged] }), indexOf({ id: FIRST }), RULES)).toBeUndefined()
    expect(chooseConversation(message({ references: [token] }), indexOf({ id: SECOND }), RULES)).toBeUndefined()
  })

  it('follows a merged conversation to its target', () => {
    const index = indexOf({ id: SECOND })
    index.mergedInto.set(FIRST, SECOND)
    index.byMessageId.set('older@x', FIRST)
    expect(chooseConversation(message({ inReplyTo: ['older@x'] }), index, RULES)).toBe(SECOND)
    const byToken = message({ references: [tokens.tokenOf(FIRST, SUPPORT.address)] })
    expect(chooseConversation(byToken, index, RULES)).toBe(SECOND)
  })
})

describe('chooseConversation: delivery reports', () => {
  const index = indexOf({ id: FIRST }, { id: SECOND })
  index.byMessageId.set('sent@x', FIRST).set('received@x', FIRST)
  index.sentMessageIds.add('sent@x')
  index.sentTo = new Map([
    ['sent@x', new Set([LEE.address])],
    [SECOND, new Set([LEE.address])],
  ])
  const choose = (marks: Marks, more: Partial<ThreadedMessage> = {}) =>
    chooseConversation(
      message({ marks, from: { name: '', address: 'mailer-daemon@mx.example' }, ...more }),
      index,
      RULES,
    )

  it('join the sent message that they name when they name a recipient of it', () => {
    expect(choose(deliveryReport('sent@x', LEE.address))).toBe(FIRST)
    expect(choose(deliveryReport('sent@x', KIM.address))).toBeUndefined()
  })

  it('never join mail that the account received, nor by In-Reply-To', () => {
    expect(choose(deliveryReport('received@x', KIM.address))).toBeUndefined()
    expect(choose(deliveryReport(undefined, LEE.address), { inReplyTo: ['sent@x'] })).toBeUndefined()
  })

  it('join by a token among the returned references when they name a recipient', () => {
    const token = tokens.tokenOf(SECOND, SUPPORT.address)
    expect(choose(deliveryReport('rewritten@exchange', LEE.address, [token]))).toBe(SECOND)
    expect(choose(deliveryReport('rewritten@exchange', KIM.address, [token]))).toBeUndefined()
  })

  it('are compared with the participants until the Sent copy is filed', () => {
    const early = indexOf({ id: FIRST })
    early.byMessageId.set('sent@x', FIRST)
    early.sentMessageIds.add('sent@x')
    const report = (address: string) => message({ marks: deliveryReport('sent@x', address) })
    expect(chooseConversation(report(KIM.address), early, RULES)).toBe(FIRST)
    expect(chooseConversation(report(LEE.address), early, RULES)).toBeUndefined()
  })
})

describe('chooseConversation: conversation ids of the server and subjects', () => {
  it('join the latest conversation with a common participant', () => {
    const index = indexOf({ id: FIRST, day: 1 }, { id: SECOND, day: 2 }, { id: THIRD, day: 3, participants: [LEE] })
    for (const id of [FIRST, SECOND, THIRD]) addRemoteConversation(index, 'remote', id)
    const choose = (more: Partial<ThreadedMessage>) =>
      chooseConversation(message({ remoteConversationId: 'remote', ...more }), index, RULES)
    expect(choose({})).toBe(SECOND)
    expect(choose({ from: LEE })).toBe(THIRD)
    expect(choose({ from: { name: 'Ann', address: 'ann@elsewhere.example' } })).toBeUndefined()
    expect(choose({ direction: 'out', from: SUPPORT, to: [LEE] })).toBe(THIRD)
    expect(choose({ remoteConversationId: undefined })).toBeUndefined()
  })

  it('join by subject only when the account does so, within 14 days and with a common participant', () => {
    const index = indexOf({ id: FIRST })
    index.bySubject.set('question 1', new Set([FIRST]))
    const choose = (more: Partial<ThreadedMessage>, joinsBySubject = true) =>
      chooseConversation(message({ subject: 'Re: Question 1', ...more }), index, { ...RULES, joinsBySubject })
    expect(choose({})).toBe(FIRST)
    expect(choose({}, false)).toBeUndefined()
    expect(choose({ from: LEE })).toBeUndefined()
    expect(choose({ subject: 'Another question' })).toBeUndefined()
    const earliest = clock.now().getTime() - SUBJECT_WINDOW_MS
    expect(choose({ receivedAt: new Date(earliest) })).toBe(FIRST)
    expect(choose({ receivedAt: new Date(earliest - 1) })).toBeUndefined()
    const latest = clock.now().getTime() + SUBJECT_WINDOW_MS
    expect(choose({ receivedAt: new Date(latest) })).toBe(FIRST)
    expect(choose({ receivedAt: new Date(latest + 1) })).toBeUndefined()
  })

  it('prefers the conversation with the latest message, for any order of ids', () => {
    const index = indexOf({ id: FIRST, day: 3 }, { id: SECOND, day: 1 })
    for (const id of [FIRST, SECOND]) addRemoteConversation(index, 'remote', id)

    expect(chooseConversation(message({ remoteConversationId: 'remote' }), index, RULES)).toBe(FIRST)
  })

  it('compares only the latest conversations of one id of the server', () => {
    const withLee = Array.from({ length: MOST_OF_ONE_REMOTE_CONVERSATION }, (_, n) => ({
      id: conversationId(n + 2),
      participants: [LEE],
      day: n + 1,
    }))
    const index = indexOf({ id: FIRST }, ...withLee)
    for (const { id } of [{ id: FIRST }, ...withLee]) addRemoteConversation(index, 'remote', id)
    const remote = message({ remoteConversationId: 'remote' })

    expect(chooseConversation(remote, index, RULES)).toBeUndefined()
    index.conversations.delete(withLee[0]!.id)
    expect(chooseConversation(remote, index, RULES)).toBe(FIRST)
  })
})

describe('chooseConversation: properties', () => {
  /** Small numbers, so that Message-IDs, conversations and senders coincide. */
  const facts = fc.record({
    conversations: fc.uniqueArray(fc.record({ n: fc.nat(5), day: fc.nat(2), who: fc.constantFrom(KIM, LEE) }), {
      selector: ({ n }) => n,
      minLength: 2,
    }),
    related: fc.array(fc.tuple(fc.nat(4), fc.nat(5)), { maxLength: 4 }),
    sent: fc.array(fc.nat(4), { maxLength: 2 }),
  })
  const asked = fc.record({
    replies: fc.array(fc.nat(4), { maxLength: 2 }),
    references: fc.array(fc.nat(4), { maxLength: 3 }),
    remoteConversationId: fc.constantFrom(undefined, 'remote'),
    from: fc.constantFrom(KIM, LEE),
  })

  it('chooses the same conversation in any order of the index, and does not change the index', () => {
    fc.assert(
      fc.property(facts, asked, ({ conversations, related, sent }, one) => {
        const build = (ordered: typeof conversations) => {
          const index = indexOf(
            ...ordered.map(({ n, day, who }) => ({ id: conversationId(n), day, participants: [who] })),
          )
          for (const { n } of ordered) addRemoteConversation(index, 'remote', conversationId(n))
          for (const [id, n] of related) index.byMessageId.set(`m${id}@x`, conversationId(n))
          for (const id of sent) index.sentMessageIds.add(`m${id}@x`)
          return index
        }
        const reply = message({
          ...one,
          inReplyTo: one.replies.map((id) => `m${id}@x`),
          references: one.references.map((id) => `m${id}@x`),
        })
        const index = build(conversations)
        const before = structuredClone(index)
        const chosen = chooseConversation(reply, index, RULES)
        expect(index).toEqual(before)
        expect(chooseConversation(reply, build(conversations.toReversed()), RULES)).toBe(chosen)
        if (chosen !== undefined) expect(existingConversation(index, chosen)?.id).toBe(chosen)
      }),
    )
  })

  it('keeps a thread together in any order of arrival when all replies reference its first message', () => {
    const thread = fc.integer({ min: 2, max: 8 }).chain((size) =>
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, n) => n),
        { minLength: size },
      ),
    )
    fc.assert(
      fc.property(thread, fc.boolean(), (arrivals, alternates) => {
        const index = emptyIndex()
        const chosen = arrivals.map((n) => {
          const isOut = alternates && n % 2 === 1
          const mail = customerMessage(clock, n, {
            messageId: `m${n}@x`,
            remoteConversationId: undefined,
            inReplyTo: n === 0 ? [] : [`m${n - 1}@x`],
            references: Array.from({ length: n }, (_, earlier) => `m${earlier}@x`),
            from: isOut ? SUPPORT : KIM,
            to: [isOut ? KIM : SUPPORT],
          })
          const direction = isOut ? 'out' : 'in'
          const known = chooseConversation({ ...mail, direction }, index, RULES)
          const id = known ?? newId<ConversationId>()
          if (known === undefined) addConversation(index, id, mail, clock.now())
          const added = {
            messageId: newId<StoredMessageId>(),
            message: mail,
            direction,
            unread: false,
            reopens: false,
            isAutomatic: false,
          } as const
          addMessage(index, id, added, RULES.own)
          return id
        })
        expect(new Set(chosen).size).toBe(1)
        expect(index.conversations.get(chosen[0]!)!.messageCount).toBe(arrivals.length)
      }),
    )
  })
})
