import type { Taken } from './receiver.ts'

export interface Verdict {
  delivered: number
  /** Events that never arrived. */
  lost: number
  /** Accepted again, with the same id. */
  doubled: number
  /** Requests whose `webhook-id` is not the id of their event. */
  otherIds: number
  /** Events that arrived after a later one of their conversation. */
  disordered: number
}

/** Compares what a receiver accepted with the events that exist. */
export function judge(ids: readonly number[], taken: readonly Taken[]): Verdict {
  const seen = new Set<number>()
  const lastOf = new Map<string, number>()
  const verdict = { delivered: 0, lost: 0, doubled: 0, otherIds: 0, disordered: 0 }
  for (const { eventId, webhookId, conversationId } of taken) {
    if (webhookId !== String(eventId)) verdict.otherIds++
    if (seen.has(eventId)) {
      verdict.doubled++
      continue
    }
    seen.add(eventId)
    if (eventId < (lastOf.get(conversationId) ?? 0)) verdict.disordered++
    lastOf.set(conversationId, eventId)
  }
  verdict.delivered = seen.size
  verdict.lost = ids.filter((id) => !seen.has(id)).length
  return verdict
}

export function isKept({ lost, otherIds, disordered }: Verdict): boolean {
  return lost === 0 && otherIds === 0 && disordered === 0
}
