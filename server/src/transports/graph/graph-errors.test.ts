import { describe, expect, it } from 'vitest'
import { graphError } from './graph-errors.ts'

const NOW = new Date('2026-11-24T10:00:00Z')

const refusal = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  graphError({ status, body, headers: new Headers(headers), now: NOW })

/** All Graph error codes in the reference, with their status. */
const TABLE: readonly (readonly [number, string, string, string])[] = [
  [400, 'ErrorInvalidIdMalformed', 'transports.request_refused', 'bug'],
  [400, 'InefficientFilter', 'transports.request_refused', 'bug'],
  [400, 'ErrorInvalidRecipients', 'transports.recipient_refused', 'admin'],
  [400, 'ErrorMimeContentInvalidBase64String', 'transports.request_refused', 'bug'],
  [400, 'RequestBodyRead', 'transports.request_refused', 'bug'],
  [400, 'BadRequest', 'transports.request_refused', 'bug'],
  [400, 'ErrorExecuteSearchStaleData', 'transports.unavailable', 'wait'],
  [400, 'ErrorInvalidItemForOperationSendItem', 'transports.not_a_draft', 'wait'],
  [400, 'SyncStateInvalid', 'transports.cursor_forgotten', 'wait'],
  [400, 'InvalidSyncStateData', 'transports.cursor_forgotten', 'wait'],
  [401, 'InvalidAuthenticationToken', 'transports.access_token_refused', 'wait'],
  [403, 'ErrorAccessDenied', 'transports.access_denied', 'admin'],
  [403, 'Authorization_RequestDenied', 'transports.access_denied', 'admin'],
  [403, 'ErrorSendAsDenied', 'transports.send_as_denied', 'admin'],
  [404, 'ErrorItemNotFound', 'transports.item_gone', 'admin'],
  [404, 'MailboxNotEnabledForRESTAPI', 'transports.mailbox_not_enabled', 'admin'],
  [404, 'MailboxNotSupportedForRESTAPI', 'transports.mailbox_not_enabled', 'admin'],
  [404, 'ErrorInvalidLicense', 'transports.mailbox_not_enabled', 'admin'],
  [404, 'ErrorInvalidUser', 'transports.mailbox_not_found', 'admin'],
  [404, 'ErrorNonExistentMailbox', 'transports.mailbox_not_found', 'admin'],
  [404, 'Request_ResourceNotFound', 'transports.mailbox_not_found', 'admin'],
  [404, 'ResourceNotFound', 'transports.mailbox_not_found', 'admin'],
  [409, 'Conflict', 'transports.changed_meanwhile', 'wait'],
  [412, 'ErrorIrresolvableConflict', 'transports.changed_meanwhile', 'wait'],
  [410, 'resyncRequired', 'transports.cursor_forgotten', 'wait'],
  [410, 'syncStateNotFound', 'transports.cursor_forgotten', 'wait'],
  [410, 'SyncStateNotFound', 'transports.cursor_forgotten', 'wait'],
  [413, 'ErrorMessageSizeExceeded', 'transports.message_too_large', 'admin'],
  [429, 'ApplicationThrottled', 'transports.throttled', 'wait'],
  [429, 'activityLimitReached', 'transports.throttled', 'wait'],
  [429, 'TooManyRequests', 'transports.throttled', 'wait'],
  [429, 'ErrorExceededMessageLimit', 'transports.send_limit_reached', 'wait'],
  [429, 'ErrorQuotaExceeded', 'transports.mailbox_full', 'admin'],
  [500, 'ErrorInternalServerError', 'transports.unavailable', 'wait'],
  [503, 'serviceNotAvailable', 'transports.unavailable', 'wait'],
  [500, 'UnknownError', 'transports.unavailable', 'wait'],
  [503, 'ErrorServerBusy', 'transports.unavailable', 'wait'],
  [503, 'MailboxInfoStale', 'transports.unavailable', 'wait'],
  [507, 'ErrorQuotaExceeded', 'transports.mailbox_full', 'admin'],
  [507, 'quotaLimitReached', 'transports.mailbox_full', 'admin'],
]

describe('a Graph error response', () => {
  it.each(TABLE)('%i %s is %s, with the remedy: %s', (status, code, ours, remedy) => {
    expect(refusal(status, { error: { code, message: 'words' } })).toMatchObject({
      code: ours,
      remedy,
      upstream: { status, code },
    })
  })

  it.each([
    [400, 'transports.request_refused'],
    [401, 'transports.access_token_refused'],
    [403, 'transports.access_denied'],
    [404, 'transports.item_gone'],
    [408, 'transports.unavailable'],
    [409, 'transports.changed_meanwhile'],
    [410, 'transports.cursor_forgotten'],
    [412, 'transports.changed_meanwhile'],
    [413, 'transports.message_too_large'],
    [418, 'transports.request_refused'],
    [429, 'transports.throttled'],
    [501, 'transports.request_refused'],
    [502, 'transports.unavailable'],
    [507, 'transports.mailbox_full'],
    [599, 'transports.unavailable'],
    [302, 'transports.request_refused'],
  ])('with an unknown code is mapped by its status: %i', (status, ours) => {
    expect(refusal(status, { error: { code: 'NewThisYear' } }).code).toBe(ours)
  })

  it.each([
    undefined,
    null,
    'text',
    [],
    { error: 'text' },
    { error: { code: 7 } },
    { error: { code: 'x'.repeat(101) } },
  ])('may have any body: %j', (body) => {
    expect(refusal(503, body)).toMatchObject({ code: 'transports.unavailable', upstream: { status: 503 } })
  })

  it('is mapped by its inner code if that is known', () => {
    const body = (inner: string) => ({ error: { code: 'ErrorAccessDenied', innerError: { code: inner } } })

    expect(refusal(403, body('ErrorSendAsDenied')).code).toBe('transports.send_as_denied')
    expect(refusal(403, body('unheardOf')).code).toBe('transports.access_denied')
  })

  it('keeps the request id and the time of Retry-After, but no message', () => {
    const error = refusal(
      429,
      { error: { code: 'x', message: 'secret words' } },
      { 'request-id': 'r1', 'retry-after': '7' },
    )

    expect(error.upstream).toEqual({
      status: 429,
      code: 'x',
      requestId: 'r1',
      retryAt: new Date('2026-11-24T10:00:07Z'),
    })
    expect(JSON.stringify(error)).not.toContain('secret words')
  })

  it.each(['9999999', 'Wed, 01 Jan 2098 00:00:00 GMT'])('waits at most six hours, not for Retry-After: %s', (text) => {
    const { upstream } = refusal(429, {}, { 'retry-after': text })
    expect(upstream?.retryAt).toEqual(new Date('2026-11-24T16:00:00Z'))
  })

  it('is a claims challenge if it contains valid claims', () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const header = (text: string) => ({
      'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${text}"`,
    })

    expect(refusal(401, {}, header(Buffer.from(claims).toString('base64')))).toMatchObject({
      code: 'transports.sign_in_challenged',
      remedy: 'sign-in',
      upstream: { claims },
    })
    expect(refusal(401, {}, header('!!')).code).toBe('transports.access_token_refused')
    expect(refusal(401, {}, header(Buffer.from('no json').toString('base64'))).upstream).toEqual({ status: 401 })
  })
})
