/** Enough for the header fields of a replacement text. */
const HEADER_BYTES = 4096

/**
 * Returns true for the text that Exchange returns instead of a message it can't convert to MIME. It has no Message-ID
 * and must not be stored as a message, because no sender wrote it.
 *
 * @see docs/reference/microsoft-365.md §E.4
 */
export function isStandIn(source: Uint8Array): boolean {
  const text = Buffer.from(source.buffer, source.byteOffset, Math.min(source.byteLength, HEADER_BYTES)).toString(
    'latin1',
  )
  const [header = ''] = text.split(/\r?\n\r?\n/, 1)
  return (
    /^Subject: Retrieval using the IMAP4 protocol failed for the following message: \d+\r?$/im.test(header) &&
    !/^Message-ID:/im.test(header)
  )
}
