import { expect, it } from 'vitest'
import type { Message } from '../../api/client.ts'
import { sentReplies } from './answers.ts'

const message = (id: string, at: string) => ({ id, receivedAt: at }) as Message

it('messages sent from here have an author; other messages of the mailbox have none', () => {
  const messages = [message('first', '2026-11-03T10:00:00Z'), message('by Outlook', '2026-11-03T11:00:00Z'), message('last', '2026-11-03T12:00:00Z')] // prettier-ignore

  expect(sentReplies({ messages, submittedBy: { first: 'nina', last: 'api-key:1' } })).toEqual([
    { messageId: 'first', at: '2026-11-03T10:00:00Z', by: 'nina', isFirst: true },
    { messageId: 'last', at: '2026-11-03T12:00:00Z', by: 'api-key:1', isFirst: false },
  ])
  const [unknown] = sentReplies({ messages, submittedBy: { first: 'nina' }, earlier: true })
  expect(unknown?.isFirst).toBe(false)
})
