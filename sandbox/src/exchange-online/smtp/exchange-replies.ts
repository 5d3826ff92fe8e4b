/** Replaces smtp-server's replies by Exchange's, at the single place where it writes. */
import type { SMTPServer } from 'smtp-server'
import type { Clock } from '../../kernel/clock.ts'
import { HOST, sessionId } from './replies.ts'

export type Connection = SMTPServer['connections'] extends Set<infer One> ? One : never

/** Capability that a fault removes. */
export type Left = 'AUTH' | 'XOAUTH2' | 'STARTTLS'

export interface WordingDeps {
  clock: Clock
  /** Called at each EHLO. */
  without: () => readonly Left[]
  /** Called before `354`; true to close the connection instead. */
  endsBeforeData: () => boolean
}

/**
 * Exchange also advertises BINARYMIME and CHUNKING. smtp-server has no BDAT, so both are omitted.
 *
 * @see docs/reference/microsoft-365.md §E.5
 */
const FEATURES = ['SIZE 157286400', 'PIPELINING', 'DSN', 'ENHANCEDSTATUSCODES', '8BITMIME', 'SMTPUTF8']

const INSTEAD: readonly (readonly [library: RegExp, exchange: string])[] = [
  [/^Ready to start TLS$/, '2.0.0 SMTP server ready'],
  [/^End data with <CR><LF>\.<CR><LF>$/, 'Start mail input; end with <CRLF>.<CRLF>'],
  [/^Authentication successful$/, '2.7.0 Authentication successful'],
  [/^Bye$/, '2.0.0 Service closing transmission channel'],
  [/^Flushed$/, '2.0.0 Resetting'],
  [/^Error: invalid userdata$/, '5.5.4 Invalid XOAUTH2 auth data'],
]

/** Makes the connection send Exchange's replies. Must be called before the greeting. */
export function speakLikeExchange(connection: Connection, { clock, without, endsBeforeData }: WordingDeps): void {
  const send = connection.send.bind(connection)

  connection.send = (code, data, context) => {
    if (code === 354 && endsBeforeData()) {
      connection._socket.destroy()
      return
    }
    if (Array.isArray(data)) {
      send(code, features(data), false)
      return
    }
    const text = data ?? ''
    if (code === 220 && text.includes(' ESMTP')) {
      const now = clock.now().toUTCString().replace('GMT', '+0000')
      send(code, `${HOST} Microsoft ESMTP MAIL Service ready at ${now} [${sessionId()}]`, false)
      return
    }
    // The sandbox's replies begin with an enhanced code; those of smtp-server get one here.
    if (/^\d\.\d+\.\d+ /.test(text)) send(code, text, false)
    else if (context === 'MAIL_FROM_OK') send(code, '2.1.0 Sender OK', false)
    else if (context === 'RCPT_TO_OK') send(code, '2.1.5 Recipient OK', false)
    else {
      const instead = INSTEAD.find(([library]) => library.test(text))?.[1]
      if (instead === undefined) send(code, data, context)
      else send(code, instead, false)
    }
  }

  function features([hello = '', ...offered]: readonly string[]): string[] {
    const left = without()
    // smtp-server tracks whether TLS is active and whether the client is signed in.
    const startTls = offered.includes('STARTTLS') && !left.includes('STARTTLS') ? ['STARTTLS'] : []
    const mechanisms = ['LOGIN', ...(left.includes('XOAUTH2') ? [] : ['XOAUTH2'])]
    const isOffered = offered.some((one) => one.startsWith('AUTH')) && !left.includes('AUTH')
    const auth = isOffered ? [`AUTH ${mechanisms.join(' ')}`] : []
    return [hello, ...FEATURES.slice(0, 4), ...startTls, ...auth, ...FEATURES.slice(4)]
  }
}
