/**
 * Marks of replies and forwards in the languages of common mail programs: English, German, French, Spanish, Italian,
 * Portuguese, Dutch, Nordic, Polish, Czech, Hungarian, Turkish, Greek, Finnish, Chinese, Japanese.
 *
 * Single letters (Italian `R:` and `I:`) are marks too, but may be part of a subject such as `I: first part`. They
 * count only when more than one letter follows and they have no digit of their own.
 */
const MARKS =
  'res?|aw|antw(?:ort)?|fwd?|wg|wtr|sv|vs|vb|vl|tr|réf|ref|rif|rv|enc|odp|pd|ynt|i̇lt|ilt|atb|továbbítás|vá|fs|doorst|απ|σχετ|πρθ|回复|回覆|答复|转发|轉寄|返信|転送|r|i'
const MARK = new RegExp(`^\\s*(?:${MARKS})\\s*(?:[[(^]\\s*\\d{1,3}\\s*[\\])]?)?\\s*[:：]\\s*`, 'iu')
const MOST_MARKS = 50

/**
 * Returns the subject without leading `Re:`, `AW:`, `Fwd:`, `WG:` and similar marks, and with single spaces. Repeated
 * marks are all removed. Marks of mailing lists such as `[list]` are part of the subject.
 */
export function normalizeSubject(subject: string): string {
  let rest = subject.replaceAll(/\s+/gu, ' ').trim()
  for (let marks = 0; marks < MOST_MARKS; marks++) {
    const mark = MARK.exec(rest)
    // A subject of only marks is kept.
    if (!mark || mark[0].length === rest.length) break
    rest = rest.slice(mark[0].length)
  }
  return rest.trim()
}

/** Returns the subject with a single `Re:`, regardless of the number of replies. */
export function replySubject(subject: string): string {
  return `Re: ${normalizeSubject(subject)}`.trim()
}

export function forwardSubject(subject: string): string {
  return `Fwd: ${normalizeSubject(subject)}`.trim()
}
