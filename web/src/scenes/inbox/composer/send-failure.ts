import type { Problem } from '../../../api/client.ts'

/** Result of a message whose sending failed here. */
export type SendFailure = 'not-sent' | 'perhaps-sent' | 'sent-before' | 'sent-elsewhere'

/** `true` without a response: the server may have received it. */
export function isUnclear({ status }: Pick<Problem, 'status'>): boolean {
  return status === 0 || status >= 500
}

/**
 * Classifies a failed send. A draft becomes one message: if it already became another one, that was an earlier try of
 * this window or another window.
 */
export function sendFailure(problem: Pick<Problem, 'status' | 'code'>, wasUnclearBefore: boolean): SendFailure {
  if (isUnclear(problem)) return 'perhaps-sent'
  if (problem.code !== 'submission.idempotency_key_reused') return 'not-sent'
  return wasUnclearBefore ? 'sent-before' : 'sent-elsewhere'
}
