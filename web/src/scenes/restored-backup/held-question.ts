import type { RestoredBackup } from '../../api/client.ts'
import { words } from '../../words/index.ts'

export interface HeldQuestion {
  decision: 'send' | 'discard'
  messages: 'all' | 'not-found' | string[]
  count: number
  /** Subject, for a single message. */
  subject?: string
  /** Result of the check in Sent, for a single message. */
  inSent?: RestoredBackup['messages'][number]['inSent']
}

const text = words.restoredBackup.ask

/** Promises no later check: where Exchange replaces the Message-ID, no check before sending can find the copy. */
export function decisionConsequence({ decision, messages, count, inSent }: HeldQuestion): string {
  if (decision === 'discard') return text.discardSentence(count)
  if (messages === 'all') return text.releaseSentence
  return inSent === undefined ? text.sendSentence(count) : text.sendOneSentence[inSent]
}
