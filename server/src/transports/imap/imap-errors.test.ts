import { describe, expect, it } from 'vitest'
import { AppError, CATALOGUE } from '../../kernel/errors.ts'
import { imapError, type Circumstances } from './imap-errors.ts'

const NOW = new Date('2026-03-01T10:00:00Z')

function said(
  error: object,
  more: Partial<Omit<Circumstances, 'overheard'>> & { overheard?: Partial<Circumstances['overheard']> } = {},
) {
  const overheard = { refusals: [], bye: undefined, throttledMs: undefined, timedOut: false, ...more.overheard }
  return imapError(Object.assign(new Error('x'), error), {
    during: 'working',
    opener: 'owner',
    now: NOW,
    ...more,
    overheard,
  })
}

describe('what Exchange says over IMAP', () => {
  it.each([
    ['owner', 'transports.imap_off'],
    ['delegate', 'transports.imap_no_access'],
    ['application', 'transports.imap_application_unknown'],
  ] as const)('names the likeliest cause when it signs a %s in and does not connect', (opener, code) => {
    const refusals = ['User is authenticated but not connected.']
    const error = said(
      { code: 'NoConnection' },
      { during: 'opening', opener, overheard: { refusals, bye: 'Connection closed. 14' } },
    )

    expect(error.code).toBe(code)
    expect(error.upstream).toEqual({ code: 'AuthenticatedButNotConnected' })
  })

  it.each([5e8, 1e14, Number.MAX_VALUE, Infinity])(
    'waits no longer than six hours, however much is asked for (%d)',
    (ms) => {
      const sixHours = new Date(NOW.getTime() + 6 * 60 * 60_000)
      expect(said({ throttleReset: ms }).upstream?.retryAt).toEqual(sixHours)
      expect(said({}, { overheard: { throttledMs: ms } }).upstream?.retryAt).toEqual(sixHours)
    },
  )

  it('waits as long as Exchange asks for', () => {
    const error = said({
      responseText: 'Request is throttled. Suggested Backoff Time: 92415 milliseconds',
      throttleReset: 92_415,
    })

    expect(error.code).toBe('transports.throttled')
    expect(error.upstream?.retryAt).toEqual(new Date(NOW.getTime() + 92_415))
  })

  it('knows the end of a token in the middle of a session for what it is', () => {
    expect(
      said({ code: 'NoConnection' }, { overheard: { bye: 'Session invalidated - AccessTokenExpired' } }),
    ).toMatchObject({
      code: 'transports.imap_session_ended',
      upstream: { code: 'AccessTokenExpired' },
    })
  })

  it('says that a token was refused, or a password, by what was given', () => {
    const refusal = { authenticationFailed: true, response: 'AUTHENTICATE failed.' }
    expect(said(refusal, { during: 'opening' }).code).toBe('transports.imap_token_refused')
    expect(said(refusal, { during: 'opening', opener: 'password' }).code).toBe('transports.imap_login_refused')
  })

  it('says that no password is taken any more', () => {
    const refusal = { authenticationFailed: true, response: 'LOGIN failed. Basic authentication is disabled.' }
    expect(said(refusal, { during: 'opening', opener: 'password' }).code).toBe('transports.imap_password_refused_here')
  })
})

describe('what other servers and the network say', () => {
  it.each([
    ['ECONNREFUSED', 'transports.imap_unreachable'],
    ['ENOTFOUND', 'transports.imap_unreachable'],
    ['CONNECT_TIMEOUT', 'transports.imap_timed_out'],
    ['GREETING_TIMEOUT', 'transports.imap_timed_out'],
    ['CERT_HAS_EXPIRED', 'transports.imap_tls_refused'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'transports.imap_tls_refused'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'transports.imap_tls_refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'transports.imap_tls_refused'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'transports.imap_tls_refused'],
    ['ParserError11', 'transports.imap_not_understood'],
    ['LineTooLarge', 'transports.imap_not_understood'],
    ['LiteralTooLarge', 'transports.imap_not_understood'],
    ['ECONNRESET', 'transports.imap_unavailable'],
    ['EConnectionClosed', 'transports.imap_unavailable'],
    ['NoConnection', 'transports.imap_unavailable'],
  ] as const)('%s is %s', (code, expected) => {
    expect(said({ code }).code).toBe(expected)
  })

  it.each([
    ['UNAVAILABLE', 'transports.imap_unavailable'],
    ['LIMIT', 'transports.imap_too_many_connections'],
    ['NONEXISTENT', 'transports.item_gone'],
    ['AUTHENTICATIONFAILED', 'transports.imap_login_refused'],
    ['PRIVACYREQUIRED', 'transports.imap_tls_missing'],
  ] as const)('the response code %s is %s', (serverResponseCode, expected) => {
    expect(said({ serverResponseCode, responseStatus: 'NO' }, { during: 'opening', opener: 'password' }).code).toBe(
      expected,
    )
  })

  it('a deadline of ours counts before what the cut connection says', () => {
    expect(said({ code: 'NoConnection' }, { overheard: { timedOut: true } }).code).toBe('transports.imap_timed_out')
  })

  it('leaves what is ours as it is', () => {
    const ours = new AppError('egress.address_refused')
    expect(
      imapError(ours, {
        during: 'opening',
        opener: 'owner',
        now: NOW,
        overheard: { refusals: [], bye: undefined, throttledMs: undefined, timedOut: false },
      }),
    ).toBe(ours)
  })

  it('has words with a remedy for each', () => {
    for (const [code, { title, fix }] of Object.entries(CATALOGUE)) {
      if (!code.startsWith('transports.imap_')) continue
      expect(title, code).not.toBe('')
      expect(fix.length, code).toBeGreaterThan(30)
    }
  })
})
