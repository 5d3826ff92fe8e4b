/**
 * Marks of answers and forwards, as mail programs of the world write them: English, German, French, Spanish, Italian,
 * Portuguese, Dutch, Nordic, Polish, Czech, Hungarian, Turkish, Greek, Finnish, Chinese, Japanese.
 *
 * Single letters (Italian `R:` and `I:`) are marks too, but a subject such as `I: first part` may mean them; they count
 * only where more than a letter follows and no digit of their own.
 */
const MARKS =
  'res?|aw|antw(?:ort)?|fwd?|wg|wtr|sv|vs|vb|vl|tr|réf|ref|rif|rv|enc|odp|pd|ynt|i̇lt|ilt|atb|továbbítás|vá|fs|doorst|απ|σχετ|πρθ|回复|回覆|答复|转发|轉寄|返信|転送|r|i'
const MARK = new RegExp(`^\\s*(?:${MARKS})\\s*(?:[[(^]\\s*\\d{1,3}\\s*[\\])]?)?\\s*[:：]\\s*`, 'iu')
const MOST_MARKS = 50

/**
 * The subject without `Re:`, `AW:`, `Fwd:`, `WG:` and their like before it, as often as they stand there, and with
 * single spaces. Marks of mailing lists such as `[list]` are part of the subject.
 */
export function normalizeSubject(subject: string): string {
  let rest = subject.replaceAll(/\s+/gu, ' ').trim()
  for (let marks = 0; marks < MOST_MARKS; marks++) {
    const mark = MARK.exec(rest)
    // Only marks is a subject by itself.
    if (!mark || mark[0].length === rest.length) break
    rest = rest.slice(mark[0].length)
  }
  return rest.trim()
}

/** `Re:` once, however many answers there were. */
export function replySubject(subject: string): string {
  return `Re: ${normalizeSubject(subject)}`.trim()
}

export function forwardSubject(subject: string): string {
  return `Fwd: ${normalizeSubject(subject)}`.trim()
}
