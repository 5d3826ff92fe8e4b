import type { QuarantineMark } from '../mail/index.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'
import { parseMessage, withoutPass } from './parse-message.ts'

/** Header size that is parsed in negligible time, regardless of its content. */
const SAFE_BYTES = 32 * 1024

/** Returns sender, recipients and subject of a message whose body isn't parsed. Safe on any thread. */
export function headerOnly(source: Uint8Array, hints: ParseHints, quarantine: QuarantineMark): ParsedMessage {
  const message = readHeader(source, hints)
  const { automatic, list, authentication, senders } = message.marks
  return {
    ...message,
    preview: '',
    body: { type: 'text', content: '' },
    hasAttachments: false,
    attachments: [],
    marks: { automatic, list, authentication: withoutPass(authentication), senders, quarantine },
    quarantined: { reason: quarantine.reason },
  }
}

function readHeader(source: Uint8Array, hints: ParseHints): ParsedMessage {
  const head = Buffer.from(source.subarray(0, SAFE_BYTES))
  const ends = [head.indexOf('\n\r\n'), head.indexOf('\n\n')].filter((at) => at >= 0)
  const header = ends.length === 0 ? head : head.subarray(0, Math.min(...ends) + 1)
  // Without its type, the parser doesn't search for parts in the missing body.
  const plain = Buffer.from(header.toString('latin1').replaceAll(/^content-(?=type|transfer)/gim, 'x-'), 'latin1')
  try {
    return parseMessage(plain, hints)
  } catch {
    return parseMessage(Buffer.from('\n'), hints)
  }
}
