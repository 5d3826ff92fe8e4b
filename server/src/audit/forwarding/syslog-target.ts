import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { DialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import type { AuditTarget } from './audit-target.ts'
import { formatFrame, type SyslogOrigin } from './syslog-frame.ts'
import { systemReason, withinLimit } from './time-limit.ts'

/** Longer than a receiver needs to report that it ended, before the end of the sender could be mistaken for its own. */
const GRACE_MS = 250
const LONGEST_SEND_MS = 20_000

export interface SyslogReceiver {
  isTls: boolean
  host: string
  port: number
  /** File with the certificates that are trusted instead of the public ones. */
  caFile: string | undefined
}

/**
 * Sends entries to a syslog receiver, one connection per page.
 *
 * Syslog has no acknowledgments. A page counts as received when the receiver closes the connection without an error
 * after Postkey has ended it: a receiver that was killed closes earlier, or resets the connection because of unread data.
 *
 * @see RFC 5425 §4.4
 */
export function createSyslogTarget(
  receiver: SyslogReceiver,
  {
    dialGuard,
    origin,
    timeoutMs = LONGEST_SEND_MS,
  }: { dialGuard: DialGuard; origin: SyslogOrigin; timeoutMs?: number },
): AuditTarget {
  const { isTls, host, port, caFile } = receiver

  /** Connects to the first address that accepts. Each one gets its share of the time. */
  async function connect(signal: AbortSignal): Promise<Socket> {
    const addresses = await dialGuard.addressesOf(host, port)
    const ca = isTls && caFile !== undefined ? { ca: await readFile(caFile) } : {}
    let failure: unknown
    for (const address of addresses) {
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs / addresses.length)])
      try {
        return await dial(address, ca, late)
      } catch (error) {
        failure = error
        if (signal.aborted) break
      }
    }
    throw failure
  }

  async function dial(address: string, ca: { ca?: Buffer }, signal: AbortSignal): Promise<Socket> {
    const tcp = connectTcp({ host: address, port, allowHalfOpen: true })
    // The certificate is verified for the name, or for the address if the operator names one.
    const socket = isTls ? connectTls({ socket: tcp, host, ...(isIP(host) === 0 && { servername: host }), ...ca }) : tcp
    if (isTls) tcp.on('error', (error) => socket.destroy(error))
    // An error can be reported twice, and the first one ends the wait.
    socket.on('error', () => undefined)
    try {
      await once(socket, isTls ? 'secureConnect' : 'connect', { signal })
      return socket
    } catch (error) {
      socket.destroy()
      tcp.destroy()
      throw signal.aborted ? new Error('no answer in time') : error
    }
  }

  const address = `${isTls ? 'tls' : 'tcp'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    kind: 'syslog',
    destination: address,
    identity: address,
    async send(entries, signal) {
      const frames = entries.map((entry) => formatFrame(entry, origin)).join('')
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      try {
        await withinLimit(transmit(await withinLimit(connect(late), late), frames, late), late)
      } catch (cause) {
        if (cause instanceof AppError) throw cause
        throw new AppError('audit.receiver_failed', { detail: systemReason(cause), cause })
      }
    },
  }
}

/** Resolves when the receiver has closed the connection after everything was sent. */
async function transmit(socket: Socket, text: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  let hasEnded = false
  const giveUp = () => socket.destroy(new Error('no answer in time'))
  signal.addEventListener('abort', giveUp)
  socket.on('error', reject)
  socket.on('end', () => (hasEnded ? resolve(undefined) : reject(new Error('closed by the receiver'))))
  socket.on('close', () => reject(new Error('closed by the receiver')))
  // Receivers send nothing; whatever arrives is read, so that the end is noticed.
  socket.resume()
  socket.write(text, () => {
    void pause(GRACE_MS).then(() => {
      hasEnded = true
      socket.end()
    })
  })
  try {
    if (signal.aborted) giveUp()
    await promise
  } finally {
    signal.removeEventListener('abort', giveUp)
    socket.on('error', () => undefined)
    socket.destroy()
  }
}
