/**
 * Observes sending on the wire between a client and its mail server (SMTP without encryption): the message in progress
 * when a connection ended, and the stage. Between the dot that ends a message and the stored response, the client can't
 * know whether it was sent (RFC 5321 §4.2.5, §6.1).
 */
import type { Tap } from './tcp-proxy.ts'

/**
 * `at-dot`: everything but the dot was sent. `after-dot`: no response came. `answered`: it came, and nothing after it.
 */
export type BrokenStage = 'at-dot' | 'after-dot' | 'answered'

export interface SmtpWatch {
  /** Called for each new connection. */
  tap(connection: { hold(): void }): Tap
  /** Holds back the response to the next `count` messages, and cuts their connections. */
  holdAnswers(count: number): void
  /** Stage of each Message-ID whose connection ended like that; the furthest when there are several. */
  readonly broken: ReadonlyMap<string, BrokenStage>
}

/** After a connection lasts longer than this, the client has stored the response of the server. */
const WRITTEN_DOWN_AFTER_MS = 3000
const END = '\r\n.\r\n'
/** The header fields in question are near the beginning. */
const HEAD = 16_384

export function createSmtpWatch(now: () => number = () => performance.now()): SmtpWatch {
  const broken = new Map<string, BrokenStage>()
  const order: BrokenStage[] = ['at-dot', 'after-dot', 'answered']
  let toHold = 0

  function breakAt(stage: BrokenStage, head: string): void {
    const messageId = /^message-id:\s*<([^>]+)>/im.exec(head)?.[1]
    if (messageId === undefined) return
    const before = broken.get(messageId)
    if (before === undefined || order.indexOf(stage) > order.indexOf(before)) broken.set(messageId, stage)
  }

  return {
    broken,
    holdAnswers(count) {
      toHold += count
    },
    tap(connection) {
      let state: 'commands' | 'asked-for-data' | 'data' | 'after-dot' | 'answered' = 'commands'
      let [line, head, tail] = ['', '', '']
      let answeredAt = 0

      function fromClient(bytes: Buffer): void {
        const text = bytes.toString('latin1')
        if (state === 'data') {
          head = (head + text).slice(0, HEAD)
          tail = (tail + text).slice(-END.length)
          // Nothing follows the dot before its answer: after DATA a client waits (RFC 2920 §3.1).
          if (tail !== END) return
          state = 'after-dot'
          if (toHold <= 0) return
          toHold--
          connection.hold()
          return
        }
        if (state === 'answered') state = 'commands'
        line = (line + text).slice(-1000)
        if (/(^|\n)DATA\r\n$/i.test(line)) state = 'asked-for-data'
        if (line.endsWith('\n')) line = ''
      }

      function fromServer(bytes: Buffer): void {
        const text = bytes.toString('latin1')
        if (state === 'asked-for-data') {
          // An empty message begins with the end of the line before it.
          if (/^354/m.test(text)) [state, head, tail] = ['data', '', '\r\n']
          else if (/^[45]\d\d /m.test(text)) state = 'commands'
        } else if (state === 'after-dot' && /^\d{3} /m.test(text)) [state, answeredAt] = ['answered', now()]
      }

      return {
        fromClient,
        fromServer,
        ended() {
          if (state === 'data' && head !== '' && tail.endsWith('\r\n')) breakAt('at-dot', head)
          else if (state === 'after-dot') breakAt('after-dot', head)
          else if (state === 'answered' && now() - answeredAt < WRITTEN_DOWN_AFTER_MS) breakAt('answered', head)
        },
      }
    },
  }
}
