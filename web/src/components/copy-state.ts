import type { Submission } from '../api/client.ts'

/** State of the copy in the Sent folder, for a sent message without one. */
export function sentCopyState({ state, why }: Pick<Submission, 'state' | 'why'>): 'missing' | 'late' | undefined {
  if (!why) return undefined
  return state === 'sent' ? 'missing' : state === 'handed-over' ? 'late' : undefined
}

/** Postkey stores no copies in such a mailbox. */
const LEFT_TO_SERVER = 'submission.copy_left_to_server'

/** `true` when the copy is missing or late and Postkey can store it. */
export function canStoreCopy(submission: Pick<Submission, 'state' | 'why'>): boolean {
  return sentCopyState(submission) !== undefined && submission.why?.code !== LEFT_TO_SERVER
}
