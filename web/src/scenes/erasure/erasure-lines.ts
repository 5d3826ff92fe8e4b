import type { Erasure, ErasurePreview } from '../../api/client.ts'
import { language, words } from '../../words/index.ts'

const number = new Intl.NumberFormat(language)

export const figure = (count: number): string => number.format(count)

type Mail = Erasure['accounts'][number]
const KINDS = ['conversations', 'shared', 'messages', 'onLegalHold', 'inUse'] as const

/** Counts of all mailboxes together. */
export function sumOf(accounts: readonly Mail[]): Record<(typeof KINDS)[number], number> {
  const sum = { conversations: 0, shared: 0, messages: 0, onLegalHold: 0, inUse: 0 }
  for (const each of accounts) for (const kind of KINDS) sum[kind] += each[kind]
  return sum
}

function line(count: number, text: (count: number, figure: string) => string): string[] {
  return count === 0 ? [] : [text(count, figure(count))]
}

export function removedLines(preview: ErasurePreview): string[] {
  const { removes } = words.erasure
  const sum = sumOf(preview.accounts)
  return [
    ...line(sum.messages, removes.messages),
    ...line(sum.conversations, removes.conversations),
    ...line(preview.customerNotes, removes.customerNotes),
    ...line(preview.drafts, removes.drafts),
    ...line(preview.suggestions, removes.suggestions),
    removes.others,
    removes.replaced,
  ]
}

export function keptLines(preview: ErasurePreview): string[] {
  const { keeps } = words.erasure
  const sum = sumOf(preview.accounts)
  return [...line(sum.onLegalHold, keeps.onLegalHold), ...line(sum.shared, keeps.shared), keeps.quoting]
}

/** Messages and conversations of one mailbox, or of all. */
export function mailLine({ messages, conversations }: Pick<Mail, 'messages' | 'conversations'>): [string, string] {
  const { removes } = words.erasure
  return [removes.messages(messages, figure(messages)), removes.conversations(conversations, figure(conversations))]
}

export function remainingIn({ remaining }: Erasure): number {
  return Object.values(remaining).reduce((sum, count) => sum + count, 0)
}
