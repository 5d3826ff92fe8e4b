/**
 * Reads the certificate of a server, for a person who has to compare it. Connects again after the certificate was
 * refused, sends only the request for TLS, and does not trust the certificate.
 */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { ServerAddress } from '../kernel/server-address.ts'

const LOOK_MS = 5000
/** Maximum bytes accepted before TLS. */
const MOST_SAID = 16 * 1024
/** Maximum length of a name from a certificate, which is untrusted text. */
const LONGEST_NAME = 200

/** Commands that start TLS (RFC 9051 §6.2.1, RFC 3207 §4). */
const STARTTLS = {
  imap: [
    [undefined, /^\* /m],
    ['a STARTTLS', /^a OK/im],
  ],
  smtp: [
    [undefined, /^220 /m],
    ['EHLO postkey', /^250 /m],
    ['STARTTLS', /^220 /m],
  ],
} as const

/**
 * Describes the certificate in a sentence; undefined if none was presented. `address`: as checked by the egress guard.
 */
export async function shownCertificate(
  { host, port, tls }: ServerAddress,
  address: string,
  protocol: keyof typeof STARTTLS,
): Promise<string | undefined> {
  if (tls === 'none') return undefined
  const socket = connectTcp({ host: address, port }).on('error', () => undefined)
  // A peer that closes the connection causes no socket error, so `close` has to be observed too.
  const over = new AbortController()
  socket.once('close', () => over.abort())
  const late = setTimeout(() => over.abort(), LOOK_MS)
  const { signal } = over
  try {
    await once(socket, 'connect', { signal })
    if (tls === 'starttls')
      for (const [line, answer] of STARTTLS[protocol]) await readReply(socket, line, answer, signal)
    const secure = connectTls({ socket, rejectUnauthorized: false, ...(isIP(host) === 0 && { servername: host }) })
    secure.on('error', () => undefined)
    await once(secure, 'secureConnect', { signal })
    return described(secure)
  } catch {
    // The failure is then reported without the certificate.
    return undefined
  } finally {
    clearTimeout(late)
    socket.destroy()
  }
}

async function readReply(socket: Socket, line: string | undefined, answer: RegExp, signal: AbortSignal): Promise<void> {
  if (line !== undefined) socket.write(`${line}\r\n`)
  let received = ''
  while (!answer.test(received)) {
    const [chunk] = (await once(socket, 'data', { signal })) as [Buffer]
    received += chunk.toString('latin1')
    if (received.length > MOST_SAID) throw new RangeError('too much before TLS')
  }
}

function described(socket: TLSSocket): string | undefined {
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer }
  if (raw === undefined) return undefined
  const { fingerprint256, subject, issuer, validTo } = new X509Certificate(raw)
  const endsAt = new Date(validTo)
  const until = Number.isNaN(endsAt.getTime()) ? named(validTo) : endsAt.toISOString()
  return `It shows a certificate with SHA-256 fingerprint ${fingerprint256}, of ${named(subject)}, issued by ${named(issuer)}, which ends at ${until}.`
}

/** Cleans a name: one line, without characters that display as others. */
function named(name: string | undefined): string {
  const line = (name ?? '')
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ', ')
    .replaceAll(/[\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .slice(0, LONGEST_NAME)
  return line === '' ? 'nobody who is named' : line
}
