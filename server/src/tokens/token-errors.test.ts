import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Upstream } from '../kernel/errors.ts'
import { redirectError, tokenError } from './token-errors.ts'

describe('an error of the token endpoint', () => {
  it.each<[string, Upstream, string]>([
    ['a revoked refresh token', { status: 400, error: 'invalid_grant', suberror: 'bad_token' }, 'grant_ended'],
    ['an idle one', { status: 400, error: 'invalid_grant', errorCodes: [700082] }, 'unused_too_long'],
    ['one of a page', { status: 400, error: 'invalid_grant', errorCodes: [700084] }, 'single_page_day_over'],
    ['a changed password', { status: 400, error: 'invalid_grant', errorCodes: [70000, 50173] }, 'password_changed'],
    ['an expired one', { status: 400, error: 'invalid_grant', suberror: 'user_password_expired' }, 'password_expired'],
    ['a sign-in frequency', { status: 400, error: 'invalid_grant', errorCodes: [70043] }, 'sign_in_frequency'],
    ['a disabled account', { status: 400, error: 'invalid_grant', errorCodes: [50057] }, 'account_disabled'],
    ['a deleted account', { status: 400, error: 'invalid_grant', errorCodes: [50034] }, 'account_deleted'],
    ['an unknown device', { status: 400, error: 'invalid_grant', errorCodes: [530003] }, 'device_required'],
    ['a policy of the tenant', { status: 400, error: 'invalid_grant', errorCodes: [530032] }, 'policy_ended_sign_in'],
    ['a person left out', { status: 400, error: 'invalid_grant', errorCodes: [50105] }, 'not_assigned'],
    ['a service that is gone', { status: 400, error: 'invalid_grant', errorCodes: [650052] }, 'service_missing'],
    [
      'a policy, whatever its number',
      { status: 400, error: 'invalid_grant', suberror: 'message_only', errorCodes: [50076] },
      'blocked_by_policy',
    ],
    ['a request for MFA', { status: 400, error: 'invalid_grant', suberror: 'basic_action' }, 'grant_ended'],
    ['the same of the old endpoint', { status: 400, error: 'interaction_required' }, 'grant_ended'],
    ['a policy', { status: 400, error: 'invalid_grant', suberror: 'message_only' }, 'blocked_by_policy'],
    ['withdrawn consent', { status: 400, error: 'invalid_grant', suberror: 'consent_required' }, 'consent_required'],
    ['a missing licence', { status: 400, error: 'invalid_resource', errorCodes: [500011] }, 'resource_unavailable'],
    ['a request that is wrong', { status: 400, error: 'invalid_scope', errorCodes: [70011] }, 'request_refused'],
  ])('%s', (_what, upstream, code) => {
    expect(tokenError(upstream, 'refresh')).toMatchObject({ code: `tokens.${code}`, upstream })
  })

  it.each<[string, Upstream]>([
    ['temporarily_unavailable', { status: 400, error: 'temporarily_unavailable', errorCodes: [50196] }],
    ['server_error', { status: 200, error: 'server_error' }],
    ['429, whatever it says', { status: 429, error: 'invalid_grant' }],
    ['503, whatever it says', { status: 503, error: 'invalid_grant' }],
    ['a page of a proxy', { status: 400 }],
    ['a page of a proxy that calls itself fine', { status: 200 }],
  ])('never ends a grant after %s', (_what, upstream) => {
    expect(tokenError(upstream, 'refresh')).toMatchObject({ code: 'tokens.endpoint_unavailable', remedy: 'wait' })
  })

  it.each<[number[], string]>([
    [[7000215], 'secret_wrong'],
    [[7000222], 'secret_expired'],
    [[7000229], 'not_in_tenant'],
    [[], 'client_rejected'],
    [[1], 'client_rejected'],
  ])('about the registration is not attributed to the grant: %j', (errorCodes, code) => {
    const upstream = { status: 401, error: 'invalid_client', errorCodes }

    expect(tokenError(upstream, 'refresh')).toMatchObject({ code: `cloud_providers.${code}`, remedy: 'admin' })
  })

  it('never requires a sign-in because of its error number', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.constantFrom('invalid_client', 'invalid_grant'), (number, error) => {
        const { remedy } = tokenError({ status: 400, error, errorCodes: [number] }, 'refresh')
        expect(remedy).toBe(tokenError({ status: 400, error }, 'refresh').remedy)
      }),
    )
  })

  it('about a code for a single-page application reports the wrong type of registration', () => {
    const upstream = { status: 400, error: 'invalid_request', errorCodes: [9002327] }

    expect(tokenError(upstream, 'redeem')).toMatchObject({ code: 'tokens.refresh_token_short', remedy: 'admin' })
    expect(tokenError(upstream, 'refresh').code).toBe('tokens.request_refused')
  })

  it('about a code does not end a grant', () => {
    expect(tokenError({ status: 400, error: 'invalid_grant', errorCodes: [54005] }, 'redeem').code).toBe(
      'tokens.code_refused',
    )
  })
})

describe('an error in the redirect', () => {
  it.each([
    ['error=access_denied&error_subcode=cancel', 'tokens.sign_in_cancelled'],
    ['error=access_denied&error_subcode=cancel&error_description=AADSTS65004: declined', 'tokens.sign_in_cancelled'],
    ['error=access_denied&error_subcode=cancel&error_description=AADSTS90094: admin', 'tokens.consent_required'],
    ['error=consent_required', 'tokens.consent_required'],
    ['error=interaction_required&error_description=AADSTS65001: consent', 'tokens.consent_required'],
    ['error=access_denied', 'tokens.sign_in_refused'],
    ['error=temporarily_unavailable', 'tokens.endpoint_unavailable'],
    ['error=unauthorized_client&error_description=AADSTS700016: x', 'cloud_providers.client_unknown'],
    ['error=<script>', 'tokens.sign_in_refused'],
  ])('is mapped for a sign-in: %s', (query, code) => {
    expect(redirectError(new URLSearchParams(query), 'sign-in').code).toBe(code)
  })

  it.each(['error=access_denied&error_subcode=cancel', 'error=consent_required'])(
    'is mapped for an admin consent: %s',
    (query) => {
      expect(redirectError(new URLSearchParams(query), 'admin-consent').code).toBe('tokens.consent_declined')
    },
  )

  it('loses its prose', () => {
    const query = new URLSearchParams({
      error: 'access_denied',
      error_description: 'AADSTS50105: ben@contoso.example is not assigned',
    })

    expect(redirectError(query, 'sign-in').upstream).toEqual({ error: 'access_denied', errorCodes: [50105] })
  })
})
