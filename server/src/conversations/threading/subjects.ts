import { normalizeSubject } from '../../mail/index.ts'

/**
 * Normalized subject for comparison: without `Re:` and similar prefixes, in lower case. Empty if there is no subject.
 */
export function subjectKey(subject: string): string {
  return normalizeSubject(subject).toLowerCase()
}

/**
 * True for a subject without a word in common with that of the conversation. Ticket numbers and list marks before a subject
 * leave words in common. A conversation without a subject has no other subject.
 */
export function isAnotherSubject(subject: string, before: string): boolean {
  const [now, then] = [subjectKey(subject), subjectKey(before)]
  if (now === '' || then === '' || now.includes(then) || then.includes(now)) return false
  const words = new Set(wordsOf(then))
  return words.size > 0 && wordsOf(now).length > 0 && !wordsOf(now).some((word) => words.has(word))
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]{3,}/gu) ?? []
}
