import { composeMime } from '../mail/index.ts'

const LINE = 76

/**
 * Builds the mail of an alert. The Message-ID derives from the delivery, so a copy sent again after a refusal is
 * recognizable as a duplicate. The headers suppress automatic replies (RFC 3834 §5).
 */
export async function alertMail(mail: {
  deliveryId: string
  from: string
  to: string
  subject: string
  text: string
  sentAt: Date
}): Promise<Buffer> {
  const source = await composeMime({
    messageId: `alert.${mail.deliveryId}@${mail.from.slice(mail.from.lastIndexOf('@') + 1)}`,
    sentAt: mail.sentAt,
    from: { name: 'Postkey', address: mail.from },
    to: [{ name: '', address: mail.to }],
    cc: [],
    bcc: [],
    subject: mail.subject,
    text: wrapped(mail.text),
    inReplyTo: [],
    references: [],
    attachments: [],
  })
  return Buffer.concat([Buffer.from('Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n'), source])
}

/** Wraps long sentences at spaces. Indented lines, such as commands and links, stay intact for copying. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') || line.length <= LINE ? [line] : folded(line)))
    .join('\n')
}

function folded(line: string): string[] {
  const lines: string[] = ['']
  for (const word of line.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && last.length + 1 + word.length > LINE) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
