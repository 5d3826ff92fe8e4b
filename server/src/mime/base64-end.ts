/** Maximum length of a footer. Only this much of a file is searched from the end, because files are large. */
const LONGEST_FOOTER = 64 * 1024

const ENCODED = /^[A-Za-z0-9+/]+={0,2}$/
const RULE = /^[-_=*~#. ]{2,}$/

/**
 * Returns the offset where the base64 content of a part ends and a plain footer starts, or the length without a footer.
 * A footer starts with the first line that can't be base64 after the last line of the content. That last line ends with
 * `=`, is shorter than the others or is followed by an empty line. Single invalid characters within the content don't
 * end it.
 *
 * @param isWhole search the whole content instead of only its end
 */
export function endOfBase64(encoded: Buffer, isWhole: boolean): number {
  const first = encoded.indexOf(10)
  if (first < 0) return encoded.length
  const width = encoded.toString('latin1', 0, Math.min(first, 1000)).trim().length
  let at = isWhole || encoded.length <= LONGEST_FOOTER ? 0 : encoded.indexOf(10, encoded.length - LONGEST_FOOTER) + 1
  if (at === 0 && !isWhole && encoded.length > LONGEST_FOOTER) return encoded.length

  let contentEnd: number | undefined
  let hasEnded = false
  /** End of the content before words that could also be base64. */
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
