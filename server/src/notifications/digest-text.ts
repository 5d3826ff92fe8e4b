import type { DigestInterval } from './digest-times.ts'
import type { PersonNotification } from './notification.ts'
import { TEXTS } from './texts.ts'

/** Entries listed in a digest. The rest is a number. */
export const MOST_LISTED = 50
const LONGEST_LINE = 120

export interface DigestContent {
  /** Newest first, at most {@link MOST_LISTED}. */
  entries: readonly PersonNotification[]
  count: number
  interval: Exclude<DigestInterval, 'off'>
  nameOf: (actor: string) => string | undefined
  addressOf: (emailAccountId: string) => string | undefined
  publicUrl: string
}

/** Subject and text of a digest. Text of customers stays on one line. */
export function writeDigest({ entries, count, interval, nameOf, addressOf, publicUrl }: DigestContent) {
  const blocks = entries.map(({ kind, sender, by, subject, conversationId, emailAccountId }) => {
    const who = kind === 'assigned' || kind === 'mentioned' ? by && nameOf(by) : sender
    const address = `${publicUrl}/${conversationId === undefined ? 'notifications' : `inbox/${conversationId}`}`
    const lines = [`${TEXTS.kinds[kind](who && oneLine(who))}: ${oneLine(subject) || TEXTS.noSubject}`]
    return [...lines, ...[addressOf(emailAccountId), address].flatMap((line) => (line ? [`  ${line}`] : []))].join('\n')
  })
  const rest = count - entries.length
  return {
    subject: TEXTS.subject(count),
    text: [
      ...blocks,
      ...(rest > 0 ? [TEXTS.more(rest, `${publicUrl}/notifications`)] : []),
      TEXTS.foot(TEXTS.intervals[interval], `${publicUrl}/notifications/settings`),
    ].join('\n\n'),
  }
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_LINE)
    .toWellFormed()
}
