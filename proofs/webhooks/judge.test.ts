import { expect, it } from 'vitest'
import { isKept, judge } from './judge.ts'
import type { Taken } from './receiver.ts'

const taken = (eventId: number, conversationId = 'c', webhookId = String(eventId)): Taken => ({
  ...{ eventId, webhookId, conversationId, at: 0 },
})

it('keeps its promises with duplicates of the same id, in the order of each conversation', () => {
  const verdict = judge([1, 2, 3], [taken(3, 'other'), taken(1), taken(2), taken(1), taken(2)])
  expect(verdict).toEqual({ delivered: 3, lost: 0, doubled: 2, otherIds: 0, disordered: 0 })
  expect(isKept(verdict)).toBe(true)
})

it.each([
  ['an event is lost', [taken(1), taken(2)], { lost: 1 }],
  ['an event has another id', [taken(1), taken(2), taken(3, 'c', 'x')], { otherIds: 1 }],
  ['a conversation is not in order', [taken(2), taken(1), taken(3)], { disordered: 1 }],
])('breaks them when %s', (_what, requests, fault) => {
  const verdict = judge([1, 2, 3], requests)
  expect(verdict).toMatchObject(fault)
  expect(isKept(verdict)).toBe(false)
})
