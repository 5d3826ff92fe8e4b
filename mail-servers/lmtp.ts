import { setTimeout as delay } from 'node:timers/promises'
import { ClosedConnection, connectLines, type LineConnection } from './line-connection.ts'

/** Attempts and pause after a temporary refusal, as when Dovecot creates the mailbox for another connection. */
const ATTEMPTS = 20
const PAUSE_MS = 100

/**
 * Delivers one message by LMTP (RFC 2033), as an internal mail server would: it repeats after a temporary refusal (4xx).
 *
 * @param raw an RFC 5322 message; lines may end in LF or CRLF
 */
export async function deliverByLmtp(port: number, user: string, raw: string | Uint8Array): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const refusal = await attemptDelivery(port, user, raw)
    if (refusal === undefined) return
    if (!refusal.startsWith('4') || attempt === ATTEMPTS) throw new Error(`LMTP refused mail for ${user}: ${refusal}`)
    await delay(PAUSE_MS)
  }
}

/**
 * Delivers a message exactly once to a server that can end a connection after the message, with no answer (RFC 1047): as
 * Dovecot now and then does while an IMAP session creates the mailbox.
 *
 * @param isStored decides if the unanswered message has arrived
 */
export async function deliverOnce(deliver: () => Promise<void>, isStored: () => Promise<boolean>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await deliver()
      return
    } catch (error) {
      if (!(error instanceof ClosedConnection)) throw error
      if (await isStored()) return
      if (attempt === ATTEMPTS) throw error
    }
    await delay(PAUSE_MS)
  }
}

/** Returns the refusal of the recipient or of the message. */
async function attemptDelivery(port: number, user: string, raw: string | Uint8Array): Promise<string | undefined> {
  const connection = await connectLines(port)
  try {
    const refusal = await prepare(connection, user)
    if (refusal !== undefined) return refusal
    connection.write(onTheWire(raw))
    const answer = await connection.ask('.', /^\d{3} /)
    if (!answer.startsWith('250')) return answer
    connection.send('QUIT')
    return undefined
  } finally {
    connection.close()
  }
}

/** Continues until the server awaits the message. Returns its refusal; a connection closed until then is a temporary one. */
async function prepare(connection: LineConnection, user: string): Promise<string | undefined> {
  try {
    await connection.until(/^220 /)
    await connection.ask('LHLO localhost', /^250 /)
    await connection.ask('MAIL FROM:<> BODY=8BITMIME', /^250 /)
    const recipient = await connection.ask(`RCPT TO:<${user}>`, /^\d{3} /)
    if (!recipient.startsWith('250')) return recipient
    await connection.ask('DATA', /^354 /)
    return undefined
  } catch (error) {
    if (error instanceof ClosedConnection) return `421 ${error.message}`
    throw error
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
