import { createHash } from 'node:crypto'
import { bodyText } from './html-text.ts'
import type { MessageContent } from './message.ts'

type Recognizable = Pick<MessageContent, 'messageId' | 'from' | 'sentAt' | 'receivedAt' | 'subject' | 'body' | 'to'> & {
  source?: Uint8Array | undefined
}

/** Enough to tell two texts apart. */
const LONGEST_TEXT = 20_000

/**
 * By what a message is recognized in one mailbox, wherever it lies and however often it is read.
 *
 * Message-ID, date, sender and text together: an id alone may be used twice, by a broken program or by somebody who
 * wants another message to be overlooked. The text counts without spaces, because servers wrap and re-encode what they
 * keep. Flags, folder, subject marks and trace fields are no part of it. A message without Message-ID is recognized by
 * its subject, recipients, time of receipt and all that stands below its header as well: machines that give none write
 * several in a second, which differ in what is attached alone.
 *
 * Where the server's own id is known to be the same, that comes first: this is for all the other cases.
 */
export function createMessageKey(message: Recognizable): Buffer {
  const { messageId, from, sentAt, receivedAt, subject, body, to, source } = message
  const text = bodyText(body)
    .replaceAll(/[\s\u00a0\u200b-\u200f\ufeff]+/gu, '')
    .slice(0, LONGEST_TEXT)
  const common = [from?.address.toLowerCase() ?? '', seconds(sentAt), text.normalize('NFC')]
  const parts =
    messageId === undefined
      ? [
          'digest',
          subject,
          to.map(({ address }) => address.toLowerCase()),
          seconds(receivedAt),
          digestOf(source),
          ...common,
        ]
      : ['message-id', messageId, ...common]
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}

/** Of what follows the first empty line. */
function digestOf(source: Uint8Array | undefined): string | null {
  if (!source) return null
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const ends = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')].filter((at) => at >= 0)
  return createHash('sha256')
    .update(bytes.subarray(Math.min(...ends, bytes.length)))
    .digest('base64url')
}

/** IMAP and Graph know times to the second. */
function seconds(time: Date | undefined): number | null {
  return time === undefined ? null : Math.floor(time.getTime() / 1000)
}
