/**
 * Requests that create something, by their Idempotency-Key: a repeated request gets the first answer and creates nothing.
 *
 * Owns `idempotent_requests`. `http` runs the actions of such requests through it, and `retention` deletes stored answers
 * during an erasure. A ticker deletes requests after a day.
 */
export { createIdempotency, type Idempotency } from './create-idempotency.ts'
export { forgetAnswers } from './forget-answers.ts'
