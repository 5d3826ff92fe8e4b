/** Enough for the fields that a server writes of its own. */
const HEADER_BYTES = 4096

/**
 * Whether this is what Exchange hands out in place of a message that it cannot turn into MIME: words of its own, without
 * a Message-ID. To be kept as a message, it would be mail that nobody has written.
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
