import { composeMime } from '../mail/index.ts'

const LINE = 76

/**
 * An alert as a mail. The Message-ID is made of the delivery: what is sent again after a refusal has the same one, so
 * that whoever meets it twice can tell. Nobody's out-of-office answers it (RFC 3834 §5).
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

/** Long sentences at spaces; lines that are to be copied (commands, links) are indented and stay whole. */
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
