import { describe, expect, it } from 'vitest'
import type { Message } from '../../api/client.ts'
import { beginsAt, drawnFirst, listEntries, openAtFirst, type ConversationView } from './entries.ts'

const message = (id: string, at: string, unread = false) => ({ id, receivedAt: at, unread }) as Message
const MESSAGES = [message('m1', '2026-11-03T10:00:00Z'), message('m2', '2026-11-03T12:00:00Z', true), message('m3', '2026-11-03T13:00:00Z')] // prettier-ignore

function view(parts: Partial<ConversationView> = {}): ConversationView {
  return { messages: MESSAGES, notes: [], submissions: [], drafts: [], ...parts } as unknown as ConversationView
}

describe('a conversation', () => {
  it('has messages, notes and submissions in the order of their times', () => {
    const notes = [{ id: 'n', createdAt: '2026-11-03T11:00:00.000Z' }] as ConversationView['notes']
    const submissions = [
      { id: 's', createdAt: '2026-11-03T14:00:00Z', state: 'sending' },
      { id: 'taken back', createdAt: '2026-11-03T14:00:00Z', state: 'canceled' },
    ] as ConversationView['submissions']

    expect(listEntries(view({ notes, submissions })).map(({ id }) => id)).toEqual(['m1', 'n', 'm2', 'm3', 's'])
  })

  it('shows notes with the messages of their time: not before earlier messages are loaded', () => {
    const notes = [{ id: 'old', createdAt: '2026-11-02T11:00:00.000Z' }] as ConversationView['notes']

    expect(listEntries(view({ notes, earlier: true })).map(({ id }) => id)).toEqual(['m1', 'm2', 'm3'])
    expect(listEntries(view({ notes, earlier: false })).map(({ id }) => id)).toEqual(['old', 'm1', 'm2', 'm3'])
  })

  it('opens at the first unread message, with all unread ones and the newest expanded', () => {
    expect(beginsAt(listEntries(view()))).toBe('m2')
    expect([...openAtFirst(view())]).toEqual(['m2', 'm3'])
  })

  it('opens at its end when everything is read', () => {
    const messages = MESSAGES.map((each) => ({ ...each, unread: false }))
    expect(beginsAt(listEntries(view({ messages })))).toBe('m3')
    expect([...openAtFirst({ messages })]).toEqual(['m3'])
  })

  it('draws first what surrounds the start of reading', () => {
    const minutes = Array.from({ length: 50 }, (_, n) => String(n).padStart(2, '0'))
    const read = minutes.map((minute) => message(minute, `2026-11-03T10:${minute}:00Z`))
    const unread = minutes.map((minute, n) => message(minute, `2026-11-03T10:${minute}:00Z`, n >= 20))
    const drawn = (messages: Message[]) => [...drawnFirst(listEntries(view({ messages })))]

    expect(drawn(read)).toEqual(minutes.slice(-9))
    expect(drawn(unread)).toEqual(minutes.slice(12, 28))
    expect(drawn([])).toEqual([])
  })
})
