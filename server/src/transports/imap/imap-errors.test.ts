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
    principalKind: 'owner',
    now: NOW,
    ...more,
    overheard,
  })
}

describe('an IMAP error of Exchange', () => {
  it.each([
    ['owner', 'transports.imap_off'],
    ['delegate', 'transports.imap_no_access'],
    ['application', 'transports.imap_application_unknown'],
  ] as const)('has the likeliest cause after a %s signed in without access', (principalKind, code) => {
    const refusals = ['User is authenticated but not connected.']
    const error = said(
      { code: 'NoConnection' },
      { during: 'opening', principalKind, overheard: { refusals, bye: 'Connection closed. 14' } },
    )

    expect(error.code).toBe(code)
    expect(error.upstream).toEqual({ code: 'AuthenticatedButNotConnected' })
  })

  it.each([5e8, 1e14, Number.MAX_VALUE, Infinity])('limits the requested pause to six hours (%d)', (ms) => {
    const sixHours = new Date(NOW.getTime() + 6 * 60 * 60_000)
    expect(said({ throttleReset: ms }).upstream?.retryAt).toEqual(sixHours)
    expect(said({}, { overheard: { throttledMs: ms } }).upstream?.retryAt).toEqual(sixHours)
  })

  it('contains the pause that Exchange requested', () => {
    const error = said({
      responseText: 'Request is throttled. Suggested Backoff Time: 92415 milliseconds',
      throttleReset: 92_415,
    })

    expect(error.code).toBe('transports.throttled')
    expect(error.upstream?.retryAt).toEqual(new Date(NOW.getTime() + 92_415))
  })

  it('is recognized as an expired token during a session', () => {
    expect(
      said({ code: 'NoConnection' }, { overheard: { bye: 'Session invalidated - AccessTokenExpired' } }),
    ).toMatchObject({
      code: 'transports.imap_session_ended',
      upstream: { code: 'AccessTokenExpired' },
    })
  })

  it('distinguishes a refused token from a refused password', () => {
    const refusal = { authenticationFailed: true, response: 'AUTHENTICATE failed.' }
    expect(said(refusal, { during: 'opening' }).code).toBe('transports.imap_token_refused')
    expect(said(refusal, { during: 'opening', principalKind: 'password' }).code).toBe('transports.imap_login_refused')
  })

  it('reports that passwords are no longer accepted', () => {
    const refusal = { authenticationFailed: true, response: 'LOGIN failed. Basic authentication is disabled.' }
    expect(said(refusal, { during: 'opening', principalKind: 'password' }).code).toBe(
      'transports.imap_password_refused_here',
    )
  })
})

describe('an IMAP error of other servers and the network', () => {
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
  ] as const)('turns %s into %s', (code, expected) => {
    expect(said({ code }).code).toBe(expected)
  })

  it.each([
    ['UNAVAILABLE', 'transports.imap_unavailable'],
    ['LIMIT', 'transports.imap_too_many_connections'],
    ['NONEXISTENT', 'transports.item_gone'],
    ['AUTHENTICATIONFAILED', 'transports.imap_login_refused'],
    ['PRIVACYREQUIRED', 'transports.imap_tls_missing'],
  ] as const)('maps the response code %s to %s', (serverResponseCode, expected) => {
    expect(
      said({ serverResponseCode, responseStatus: 'NO' }, { during: 'opening', principalKind: 'password' }).code,
    ).toBe(expected)
  })

  it('is a timeout if a deadline of Postkey closed the connection', () => {
    expect(said({ code: 'NoConnection' }, { overheard: { timedOut: true } }).code).toBe('transports.imap_timed_out')
  })

  it('stays unchanged if it is already an `AppError`', () => {
    const ours = new AppError('egress.address_refused')
    expect(
      imapError(ours, {
        during: 'opening',
        principalKind: 'owner',
        now: NOW,
        overheard: { refusals: [], bye: undefined, throttledMs: undefined, timedOut: false },
      }),
    ).toBe(ours)
  })

  it('has a text with a remedy for each code', () => {
    for (const [code, { title, fix }] of Object.entries(CATALOGUE)) {
      if (!code.startsWith('transports.imap_')) continue
      expect(title, code).not.toBe('')
      expect(fix.length, code).toBeGreaterThan(30)
    }
  })
})
