import type { Problem } from '../../../api/client.ts'

/** Result of a message whose sending failed here. */
export type SendFailure = 'not-sent' | 'perhaps-sent' | 'sent-before' | 'sent-elsewhere'

/** No answer says nothing: the server may have got it. */
export function isUnclear({ status }: Pick<Problem, 'status'>): boolean {
  return status === 0 || status >= 500
}

/** A draft becomes one message. One that has already become another was sent from here unknowingly, or elsewhere. */
export function sendFailure(problem: Pick<Problem, 'status' | 'code'>, wasUnclearBefore: boolean): SendFailure {
  if (isUnclear(problem)) return 'perhaps-sent'
  if (problem.code !== 'submission.idempotency_key_reused') return 'not-sent'
  return wasUnclearBefore ? 'sent-before' : 'sent-elsewhere'
}
