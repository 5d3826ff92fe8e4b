/**
 * Token endpoint: redeems codes, device codes, refresh tokens and passwords, and lets applications sign in as
 * themselves.
 *
 * The order of checks is Microsoft's where it is known: a malformed code is refused before the client's secret is
 * checked.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
import type { Subject } from '../faults/index.ts'
import { EntraError } from './aadsts.ts'
import type { Authority } from './authority.ts'
import { type ClientCredentials, readCredentials, given } from './client-authentication.ts'
import type { Clients } from './clients.ts'
import type { GrantRequest } from './token-answers.ts'

export interface TokenRequest {
  authority: Authority
  form: URLSearchParams
  /** The `Authorization` header. */
  authorization: string | undefined
  /** The `Origin` header: present when a browser script sends the request. */
  origin: string | undefined
  subject: Subject
}

export interface TokenEndpoint {
  /** @throws {EntraError} */
  answer(request: TokenRequest): Promise<Record<string, unknown>>
}

type Grant = (request: GrantRequest) => Promise<Record<string, unknown>>

export function createTokenEndpoint(
  clients: Clients,
  grants: Record<'redeemCode' | 'redeemDeviceCode' | 'refresh' | 'signInAsApplication' | 'signInByPassword', Grant>,
): TokenEndpoint {
  const byType: Record<string, Grant> = {
    authorization_code: grants.redeemCode,
    refresh_token: grants.refresh,
    client_credentials: grants.signInAsApplication,
    password: grants.signInByPassword,
    'urn:ietf:params:oauth:grant-type:device_code': grants.redeemDeviceCode,
    // MSAL's name for the grant type.
    device_code: grants.redeemDeviceCode,
  }
  return {
    async answer({ authority, form, authorization, origin, subject }) {
      const credentials: ClientCredentials = readCredentials(form, authorization)
      const grantType = given(form, 'grant_type')
      if (grantType === undefined) throw new EntraError(900144, { name: 'grant_type' })
      if (credentials.clientId === undefined) throw new EntraError(900144, { name: 'client_id' })
      const grant = Object.hasOwn(byType, grantType) ? byType[grantType] : undefined
      if (!grant) throw new EntraError(70003, { grantType })
      if (given(form, 'resource') !== undefined) throw new EntraError(901002)
      const client = clients.get(credentials.clientId, authority, subject)
      return grant({ authority, client, credentials, form, origin, subject })
    },
  }
}
