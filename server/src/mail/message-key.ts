import { createHash } from 'node:crypto'
import { bodyText } from './html-text.ts'
import type { MessageContent } from './message.ts'

type Recognizable = Pick<MessageContent, 'messageId' | 'from' | 'sentAt' | 'receivedAt' | 'subject' | 'body' | 'to'> & {
  source?: Uint8Array | undefined
}

/** Length that suffices to distinguish two texts. */
const LONGEST_TEXT = 20_000

/**
 * Returns the key that recognizes a message within one mailbox, in any folder and after any number of reads.
 *
 * It combines Message-ID, date, sender and text. An id alone may be used twice, by a broken program or by an attacker
 * who wants another message to be overlooked. Spaces in the text are ignored, because servers wrap and re-encode stored
 * mail. Flags, folder, subject marks and trace fields are excluded.
 *
 * For a message without Message-ID, the key includes subject, recipients, time of receipt and the whole content below
 * its header. Devices that set no id send several messages in a second, which may differ only in their attachments.
 *
 * If the server's own id is known to be the same, that id takes precedence. This key is for all other cases.
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

/** Returns the digest of the content after the first empty line. */
function digestOf(source: Uint8Array | undefined): string | null {
  if (!source) return null
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const ends = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')].filter((at) => at >= 0)
  return createHash('sha256')
    .update(bytes.subarray(Math.min(...ends, bytes.length)))
    .digest('base64url')
}

/** Returns a time in seconds, the precision of IMAP and Graph. */
function seconds(time: Date | undefined): number | null {
  return time === undefined ? null : Math.floor(time.getTime() / 1000)
}
