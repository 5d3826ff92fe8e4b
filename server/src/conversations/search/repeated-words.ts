/**
 * Removes repetitions of words that consist of letters only. PostgreSQL spends most of an import on reading words, and
 * half of the words of a long message occur before. The remaining text has the same words, so every search finds the
 * same messages.
 *
 * A word next to a number, an address or a compound is kept, because such a token is searched as a phrase.
 */
export function withoutRepeatedWords(text: string): string {
  // PostgreSQL ignores the words within a tag, so the first occurrence might be the one it ignores.
  if (text.includes('<')) return text
  const seen = new Set<string>()
  let kept = ''
  let keptTo = 0
  let wasWord = false
  for (let at = 0; at < text.length;) {
    if (isSpace(text.charCodeAt(at))) {
      at++
      continue
    }
    const start = at
    let [isAscii, hasOnlyLetters] = [true, true]
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (isSpace(code)) break
      if (code > 127) isAscii = false
      else if (!isAsciiLetter(code)) hasOnlyLetters = false
    }
    const word = hasOnlyLetters ? text.slice(start, at) : ''
    const isWord = hasOnlyLetters && (isAscii || LETTERS.test(word))
    if (isWord && wasWord && seen.has(word)) {
      kept += text.slice(keptTo, start)
      keptTo = at + 1
    } else if (isWord) seen.add(word)
    wasWord = isWord
  }
  return kept + text.slice(keptTo)
}

const LETTERS = /^\p{L}+$/u

/** ASCII space. The parser of PostgreSQL does not depend on what precedes one, except within a tag. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}
