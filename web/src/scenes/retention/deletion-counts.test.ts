import { expect, it } from 'vitest'
import { deletionLines, heldLine } from './deletion-counts.ts'

it('counts that ended at their limit say that there may be more, and others of 0 are left out', () => {
  const mail = { conversations: 10_000, messages: 32_000, sources: 0, bytes: 0, onLegalHold: 2 }
  const counts = { ...mail, atLeast: ['conversations', 'messages', 'sources'] as const }
  expect(deletionLines(counts)).toEqual([
    '10,000 or more conversations',
    '32,000 or more messages',
    'Older original messages, not counted',
  ])
  expect(deletionLines({ sources: 1, bytes: 2, atLeast: ['sources'] })).toEqual([
    '1 or more original messages (2 bytes)',
  ])
  expect(heldLine(counts)).toBe('2 conversations on legal hold')
  expect(deletionLines({ events: 1, alerts: 0, atLeast: [] })).toEqual(['1 event'])
  expect(heldLine({ atLeast: [] })).toBeUndefined()
})
