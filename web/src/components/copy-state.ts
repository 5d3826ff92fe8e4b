import type { Submission } from '../api/client.ts'

/** State of the copy in the Sent folder, where a sent message has none for the reason that its submission names. */
export function copyStateOf({ state, why }: Pick<Submission, 'state' | 'why'>): 'missing' | 'late' | undefined {
  if (!why) return undefined
  return state === 'sent' ? 'missing' : state === 'handed-over' ? 'late' : undefined
}
