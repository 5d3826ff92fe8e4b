import { describe, expect, it } from 'vitest'
import { decisionConsequence, type HeldQuestion } from './held-question.ts'

describe('the question before held mail is sent', () => {
  it.each([
    ['pending', /Sent has not been checked yet/],
    ['unreadable', /can’t be checked/],
    ['not-found', /not found in Sent/],
  ] as const)('names the result of the check of a single message: %s', (inSent, sentence) => {
    expect(decisionConsequence({ decision: 'send', messages: ['one'], count: 1, inSent })).toMatch(sentence)
  })

  it.each<HeldQuestion['messages']>(['all', 'not-found'])(
    'warns of a second copy without promising a later check: %s',
    (messages) => {
      const sentence = decisionConsequence({ decision: 'send', messages, count: 2 })
      expect(sentence).toContain('a second time')
      expect(sentence).not.toContain('checked once more')
    },
  )
})
