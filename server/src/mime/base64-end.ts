/** A footer is shorter. Of a file only this much is looked at from the end, because files are large. */
const LONGEST_FOOTER = 64 * 1024

const ENCODED = /^[A-Za-z0-9+/]+={0,2}$/
const RULE = /^[-_=*~#. ]{2,}$/

/**
 * Where the base64 content of a part ends and a plain footer begins; the length when there is none. A footer begins with
 * the first line that cannot be base64 behind the last line of the content, which ends with `=`, is shorter than the
 * others or has an empty line behind it. Single wrong characters within the content do not end it.
 *
 * @param isWhole  look at all of it and not at its end alone
 */
export function endOfBase64(encoded: Buffer, isWhole: boolean): number {
  const first = encoded.indexOf(10)
  if (first < 0) return encoded.length
  const width = encoded.toString('latin1', 0, Math.min(first, 1000)).trim().length
  let at = isWhole || encoded.length <= LONGEST_FOOTER ? 0 : encoded.indexOf(10, encoded.length - LONGEST_FOOTER) + 1
  if (at === 0 && !isWhole && encoded.length > LONGEST_FOOTER) return encoded.length

  let contentEnd: number | undefined
  let hasEnded = false
  /** End of the content before words that could be base64 as well. */
  let doubtful: number | undefined
  while (at < encoded.length) {
    const newline = encoded.indexOf(10, at)
    const lineEnd = newline < 0 ? encoded.length : newline
    const line = encoded.toString('latin1', at, lineEnd).trim()
    at = lineEnd + 1
    if (line === '') {
      hasEnded ||= contentEnd !== undefined
      continue
    }
    if (ENCODED.test(line)) {
      const isWord = hasEnded && line.length % 4 !== 0
      doubtful = isWord ? (doubtful ?? contentEnd) : undefined
      contentEnd = lineEnd - (encoded[lineEnd - 1] === 13 ? 1 : 0)
      hasEnded = isWord || line.endsWith('=') || line.length < width
    } else if (contentEnd !== undefined && (hasEnded || RULE.test(line) || /\S\s+\S/.test(line))) {
      return doubtful ?? contentEnd
    }
  }
  return encoded.length
}
