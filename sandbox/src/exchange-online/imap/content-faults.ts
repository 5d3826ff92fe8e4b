import type { MimeDocument } from './mime-source.ts'
import { readMimeTree } from './mime-tree.ts'
import type { Session } from './session.ts'

/**
 * Exchange's replacement for a message that it cannot convert to MIME (docs/reference/microsoft-365.md §E.4).
 * Unconfirmed: its body.
 */
export function damagedDocument(uid: number): MimeDocument {
  const bytes = Buffer.from(
    [
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset="us-ascii"',
      'From: Microsoft Exchange Server',
      `Subject: Retrieval using the IMAP4 protocol failed for the following message: ${uid}`,
      'Content-Transfer-Encoding: quoted-printable',
      '',
      "The server couldn't retrieve the following message.",
      '',
    ].join('\r\n'),
  )
  return { bytes, tree: () => readMimeTree(bytes) }
}

/** Writes a response with content; a fault can cut the connection in its middle, or send it slowly. */
export async function deliver(session: Session, words: readonly (string | Buffer)[]): Promise<void> {
  const { writer, deps } = session
  const hasContent = words.some((word) => typeof word !== 'string')
  const cut = hasContent ? deps.faults.ask('imap.cut', session.subject()) : undefined
  let left = cut?.afterBytes ?? Infinity
  const drips = hasContent && deps.faults.ask('imap.drip', session.subject()) !== undefined
  for (const word of words) {
    if (typeof word === 'string') {
      writer.raw(word)
      continue
    }
    const bytes = word.subarray(0, Math.min(word.length, left))
    if (drips) await drip(session, bytes)
    else writer.raw(bytes)
    left -= bytes.length
    if (cut && (left === 0 || bytes.length < word.length)) {
      await writer.flush()
      session.cut()
    }
  }
}

/** Sends the bytes slowly. When the fault is switched off, the rest is sent at once. */
async function drip(session: Session, bytes: Buffer): Promise<void> {
  const { writer, deps } = session
  for (let at = 0; at < bytes.length;) {
    const met = deps.faults.find('imap.drip', session.subject())
    const end = at + (met?.effect.bytes ?? bytes.length)
    writer.raw(bytes.subarray(at, end))
    await writer.flush()
    at = end
    if (met && at < bytes.length) await session.pause(met.effect.everyMs)
  }
}
