import { connectLines } from './line-connection.ts'

/**
 * Delivers one message by LMTP (RFC 2033), as an internal mail server would.
 *
 * @param raw an RFC 5322 message; lines may end in LF or CRLF
 */
export async function deliverByLmtp(port: number, user: string, raw: string | Uint8Array): Promise<void> {
  const connection = await connectLines(port)
  try {
    await connection.until(/^220 /)
    await connection.ask('LHLO localhost', /^250 /)
    await connection.ask('MAIL FROM:<> BODY=8BITMIME', /^250 /)
    const recipient = await connection.ask(`RCPT TO:<${user}>`, /^\d{3} /)
    if (!recipient.startsWith('250')) throw new Error(`LMTP refused ${user}: ${recipient}`)
    await connection.ask('DATA', /^354 /)
    connection.write(onTheWire(raw))
    const answer = await connection.ask('.', /^\d{3} /)
    if (!answer.startsWith('250')) throw new Error(`LMTP refused the message for ${user}: ${answer}`)
    connection.send('QUIT')
  } finally {
    connection.close()
  }
}

/**
 * Encodes a message for transfer: CRLF line ends and doubled leading dots (RFC 5321 §4.5.2). It works in Latin-1, which
 * preserves every byte.
 */
function onTheWire(raw: string | Uint8Array): Buffer {
  const text = (typeof raw === 'string' ? Buffer.from(raw) : Buffer.from(raw)).toString('latin1')
  const lines = text.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')
  return Buffer.from(lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'latin1')
}
