import { expect, it } from 'vitest'
import { sendFailure } from './send-failure.ts'

const REUSED = { status: 422, code: 'submission.idempotency_key_reused' }

it('a draft that already became another message was sent in another window', () => {
  expect(sendFailure(REUSED, false)).toBe('sent-elsewhere')
})

it('after a try without a response, it was that try', () => {
  expect(sendFailure({ status: 0, code: 'web.no_answer' }, false)).toBe('perhaps-sent')
  expect(sendFailure(REUSED, true)).toBe('sent-before')
})

it('every other refusal by the server means that it was not sent', () => {
  expect(sendFailure({ status: 422, code: 'submission.too_large' }, true)).toBe('not-sent')
})
