import { expect, it } from 'vitest'
import { fateOf } from './fate.ts'

const REUSED = { status: 409, code: 'submission.idempotency_key_reused' }

it('a draft that has already become another message was sent in another window', () => {
  expect(fateOf(REUSED, false)).toBe('sent-elsewhere')
})

it('after a try without an answer it was that try', () => {
  expect(fateOf({ status: 0, code: 'web.no_answer' }, false)).toBe('perhaps-sent')
  expect(fateOf(REUSED, true)).toBe('sent-before')
})

it('every other refusal by the server means that it was not sent', () => {
  expect(fateOf({ status: 422, code: 'submission.too_large' }, true)).toBe('not-sent')
})
