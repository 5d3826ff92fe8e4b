import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import { Secret } from '../../kernel/secret.ts'
import { ScriptedServer, type Step, type Trick } from '../../../test/transports/smtp/scripted-server.ts'
import { openSmtpSession, SMTP_LIMITS, type SmtpLimits, type SmtpSession } from './smtp-session.ts'

const LONG = Buffer.from(`Subject: long\r\n\r\n${'0123456789abcdef\r\n.dots\r\n..\r\n'.repeat(30_000)}`)
const SHORT = Buffer.from('Subject: short\r\n\r\n.A line with a dot\r\nand one without\r\n')
const SUPPORT = 'support@contoso.example'
const KIM = 'kim@customer.example'
const LEE = 'lee@customer.example'
const SHORT_LIMITS: SmtpLimits = { connectMs: 300, commandMs: 300, pieceMs: 300, dotMs: 300, wholeMs: 2000 }
const LONG_LIMITS: SmtpLimits = {
  ...SHORT_LIMITS,
  connectMs: 60_000,
  commandMs: 60_000,
  pieceMs: 60_000,
  wholeMs: 60_000,
}

let server: ScriptedServer
const sessions: SmtpSession[] = []
beforeEach(async () => {
  server = await new ScriptedServer().start()
})
afterEach(async () => {
  for (const session of sessions.splice(0)) session.close()
  await server.stop()
})

async function open({ limits = SMTP_LIMITS, password = false } = {}): Promise<SmtpSession> {
  const address = { host: '127.0.0.1', port: server.port, tls: 'none' } as const
  const session = await openSmtpSession(
    { server: address, dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${server.port}`]) }), limits },
    'anna@contoso.example',
    password ? { password: new Secret('open sesame') } : { token: new Secret('t'.repeat(2500)) },
  )
  sessions.push(session)
  return session
}

/** Sends with a new connection. `marked`: `beforeDot` was called. */
async function send(mime = SHORT, { to = [KIM], limits = SMTP_LIMITS }: { to?: string[]; limits?: SmtpLimits } = {}) {
  let marked = false
  const mark = () => Promise.resolve(void (marked = true))
  try {
    const session = await open({ limits })
    await session.send(mime, { from: SUPPORT, to }, mark)
    return { marked, error: undefined, session }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { marked, error, session: undefined }
  }
}

function trick(step: Step, what: Trick, which?: string): void {
  server.at = (at, argument) => (at === step && (which === undefined || argument === which) ? what : undefined)
}

describe('a submission connection', () => {
  it('sends a message unchanged, including dots, to all recipients, with a token of realistic length', async () => {
    const { error, marked } = await send(SHORT, { to: [KIM, LEE] })

    expect(error).toBeUndefined()
    expect(marked).toBe(true)
    expect(server.taken).toEqual([
      { from: SUPPORT, to: [KIM, LEE], source: SHORT.toString(), user: 'anna@contoso.example' },
    ])
  })

  it('sends several messages', async () => {
    const session = await open({ password: true })
    for (const mime of [SHORT, LONG, SHORT]) await session.send(mime, { from: SUPPORT, to: [KIM] }, async () => {})

    expect(server.taken.map(({ source }) => source.length)).toEqual([SHORT.length, LONG.length, SHORT.length])
    expect(server.taken[1]!.source).toBe(LONG.toString())
    expect(server.connections).toBe(1)
  })

  it('keeps neither password nor token after the login', async () => {
    const { inspect } = await import('node:util')
    const session = await open({ password: true })

    expect(inspect(session, { depth: 20, showHidden: true })).not.toContain('open sesame')
    expect(session.isOpen).toBe(true)
  })

  it('encodes an international domain, and rejects international characters before the @', async () => {
    const { error } = await send(SHORT, { to: ['kim@bücher.example'] })
    expect(error).toBeUndefined()
    expect(server.taken[0]!.to).toEqual(['kim@xn--bcher-kva.example'])

    const refused = await send(SHORT, { to: ['jürgen@customer.example'] })
    expect(refused.error).toMatchObject({ code: 'transports.recipient_refused' })
    expect(server.taken).toHaveLength(1)
  })
})

describe('a message on an interrupted connection', () => {
  it.each<[Step, string]>([
    ['greeting', 'transports.smtp_unavailable'],
    ['ehlo', 'transports.smtp_unavailable'],
    ['auth', 'transports.smtp_unavailable'],
    ['mail', 'transports.smtp_unavailable'],
    ['rcpt', 'transports.smtp_unavailable'],
    ['data', 'transports.smtp_unavailable'],
    ['body', 'transports.smtp_unavailable'],
  ])('at %s was not sent and is retried', async (step, code) => {
    trick(step, { cut: true })

    const { error, marked } = await send(
      step === 'body' ? Buffer.concat(Array.from({ length: 40 }, () => LONG)) : SHORT,
    )

    expect(error).toMatchObject({ code, remedy: 'wait' })
    expect(error!.upstream?.mayHaveGone).toBeUndefined()
    expect(marked).toBe(false)
    expect(server.taken).toEqual([])
  })

  it.each<[string, Trick]>([
    ['after the dot', { cut: true }],
    ['after the dot, with 421', { last: '421 4.3.2 Service not available' }],
    ['in the middle of the answer', { last: '25' }],
  ])('%s may have been sent', async (_when, what) => {
    trick('dot', what)

    const { error, marked } = await send()

    expect(error).toMatchObject({ code: 'transports.smtp_cut', remedy: 'wait', upstream: { mayHaveGone: true } })
    expect(marked).toBe(true)
  })
})

describe('an unresponsive server', () => {
  it.each<[Step, boolean]>([
    ['greeting', false],
    ['ehlo', false],
    ['auth', false],
    ['mail', false],
    ['data', false],
    ['dot', true],
  ])('at %s causes a timeout', async (step, mayHaveGone) => {
    trick(step, { silent: true })

    // Only the last step ends by its own limit: a stalled machine must not end an earlier one.
    const limits = mayHaveGone ? { ...LONG_LIMITS, dotMs: 300 } : SHORT_LIMITS
    const { error } = await send(SHORT, { limits })

    expect(error).toMatchObject({ code: mayHaveGone ? 'transports.smtp_cut' : 'transports.smtp_timed_out' })
    expect(error!.upstream?.mayHaveGone ?? false).toBe(mayHaveGone)
    await expect.poll(() => server.openConnections).toBe(0)
  })
})

describe('a reply', () => {
  it('before the end of the message is no success, and the message is not sent', async () => {
    // In one packet with the 354 reply.
    trick('data', '354 go ahead\r\n250 2.0.0 OK')
    const { error, marked } = await send(LONG)

    expect(error).toMatchObject({ code: 'transports.smtp_not_understood' })
    expect(error!.upstream?.mayHaveGone).toBeUndefined()
    expect(marked).toBe(false)
    await expect.poll(() => server.openConnections).toBe(0)
    expect(server.taken).toEqual([])
  })

  it('with a refusal in the middle of the message fails the message', async () => {
    trick('body', { last: '552 5.3.4 Message size exceeds fixed limit' })

    const { error } = await send(Buffer.concat(Array.from({ length: 40 }, () => LONG)))

    expect(error).toMatchObject({
      code: 'transports.message_too_large',
      detail: expect.stringContaining('5.3.4') as string,
    })
    expect(server.taken).toEqual([])
  })

  it('with a size limit is respected before the upload', async () => {
    server.ehlo = ['SIZE 1000', 'AUTH PLAIN XOAUTH2']
    const { error } = await send(LONG)

    expect(error).toMatchObject({ code: 'transports.message_too_large' })
    expect(server.commands.filter((line) => line.startsWith('MAIL'))).toEqual([])
  })

  it.each([[['PIPELINING', 'AUTH XOAUTH2']], [['AUTH XOAUTH2']]])(
    'refusing one recipient keeps the message from all of them (%j)',
    async (ehlo) => {
      server.ehlo = ehlo
      trick('rcpt', '550 5.1.1 no such person', LEE)

      const { error, marked } = await send(SHORT, { to: [KIM, LEE] })

      expect(error).toMatchObject({
        code: 'transports.recipient_refused',
        detail: `${LEE}: 550 5.1.1 no such person`,
        upstream: { status: 550, code: '5.1.1' },
      })
      expect(marked).toBe(false)
      expect(server.taken).toEqual([])
    },
  )

  it('deferring one recipient defers the message', async () => {
    trick('rcpt', '450 4.2.0 greylisted', LEE)

    expect((await send(SHORT, { to: [KIM, LEE] })).error).toMatchObject({
      code: 'transports.smtp_unavailable',
      remedy: 'wait',
    })
    expect(server.taken).toEqual([])
  })
})

describe('an error of Exchange', () => {
  it.each<[Step, string, string]>([
    ['auth', '535 5.7.3 Authentication unsuccessful [X]', 'transports.smtp_token_refused'],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
      'transports.smtp_off',
    ],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
      'transports.smtp_no_passwords',
    ],
    ['auth', '550 5.7.30 Basic authentication is not supported for Client Submission.', 'transports.smtp_no_passwords'],
    [
      'auth',
      '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.',
      'transports.smtp_sign_in_blocked',
    ],
    ['auth', '432 4.3.2 Concurrent connections limit exceeded.', 'transports.smtp_too_many_connections'],
    ['auth', '454 4.7.0 Temporary authentication failure', 'transports.smtp_unavailable'],
    ['mail', '530 5.7.57 Client not authenticated to send mail', 'transports.smtp_message_refused'],
    ['mail', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'transports.send_as_denied'],
    [
      'dot',
      '554 5.2.252 SendAsDenied; anna@contoso.example not allowed to send as support@contoso.example; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied;',
      'transports.send_as_denied',
    ],
    [
      'rcpt',
      '553 5.7.1 <support@contoso.example>: Sender address rejected: not owned by user anna',
      'transports.send_as_denied',
    ],
    ['mail', '550 Administrative prohibition', 'transports.send_as_denied'],
    ['mail', '553 5.7.1 Not yours', 'transports.send_as_denied'],
    ['mail', '550 5.7.511 Access denied, banned sender', 'transports.smtp_message_refused'],
    [
      'dot',
      '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException',
      'transports.send_limit_reached',
    ],
    ['dot', '550 5.1.8 Access denied, bad outbound sender', 'transports.smtp_sender_blocked'],
    ['dot', '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded', 'transports.smtp_too_many_connections'],
    ['dot', '430 4.2.0 STOREDRV; mailbox logon failure', 'transports.smtp_unavailable'],
    ['mail', '550 Mailbox cannot be accessed', 'transports.mailbox_not_enabled'],
    ['dot', '554 5.6.0 Corrupt message content', 'transports.smtp_message_refused'],
  ])('at %s: %s', async (step, answer, code) => {
    trick(step, answer)

    const { error } = await send()

    expect(error?.code).toBe(code)
    // A reply is definite: nothing was sent.
    expect(error?.upstream?.mayHaveGone).toBeUndefined()
  })
})

it('sending ends before the final dot if `beforeDot` throws', async () => {
  const session = await open()
  const lost = new Error('somebody else has it')

  await expect(session.send(SHORT, { from: SUPPORT, to: [KIM] }, () => Promise.reject(lost))).rejects.toBe(lost)

  await expect.poll(() => server.openConnections).toBe(0)
  expect(server.taken).toEqual([])
})

it.each([
  ['as it was shown', (line: string) => line],
  ['cut short', (line: string) => line.slice(0, 30)],
  ['decoded', (line: string) => Buffer.from(line.split(' ')[2]!, 'base64').toString().replaceAll('\0', ' ')],
])('a password echoed by the server, %s, appears in no error', async (_how, said) => {
  const { inspect } = await import('node:util')
  let shown = ''
  server.at = (step, line) => (step === 'auth' ? `535 5.7.8 what is ${(shown = said(line))}` : undefined)

  const error = await open({ password: true }).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ code: 'transports.smtp_password_refused', upstream: { code: '5.7.8' } })
  const written = inspect(error, { depth: 20, showHidden: true })
  for (const part of [shown.slice(-12), 'open sesame']) expect(written).not.toContain(part)
})

it('no connection is opened to an address that the guard refuses', async () => {
  const refused = openSmtpSession(
    { server: { host: '127.0.0.1', port: server.port, tls: 'none' }, dialGuard: createDialGuard() },
    'anna',
    { password: new Secret('x') },
  )
  await expect(refused).rejects.toMatchObject({ code: 'egress.address_refused' })
  expect(server.connections).toBe(0)
})

it('no login is sent to a server without STARTTLS if it is required', async () => {
  const guard = createDialGuard({ declared: new Set([`127.0.0.1:${server.port}`]) })
  const refused = openSmtpSession(
    { server: { host: '127.0.0.1', port: server.port, tls: 'starttls' }, dialGuard: guard },
    'anna',
    { password: new Secret('x') },
  )
  await expect(refused).rejects.toMatchObject({ code: 'transports.smtp_tls_refused' })
  expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([])
})
