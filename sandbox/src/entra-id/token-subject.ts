import type { Subject } from '../faults/index.ts'
import type { People } from '../tenants/index.ts'
import { readCredentials, given } from './client-authentication.ts'
import type { DeviceCodes } from './device-codes.ts'
import type { Grants } from './grants.ts'

/**
 * Subject of a token request, determined before any check. Faults for a user or tenant need it from the start, and on
 * `organizations` only the grant contains it.
 */
export function tokenSubject(
  form: URLSearchParams,
  authorization: string | undefined,
  tenantId: string | undefined,
  { grants, devices, people }: { grants: Grants; devices: DeviceCodes; people: People },
): Subject {
  const grantType = given(form, 'grant_type')?.slice(0, 100)
  const [code, token] = [given(form, 'code'), given(form, 'refresh_token')]
  const device = given(form, 'device_code') ?? code
  const grant =
    grantType === 'authorization_code' && code !== undefined
      ? grants.findCode(code)?.grant
      : grantType === 'refresh_token' && token !== undefined
        ? grants.findRefreshToken(token)?.grant
        : grantType?.endsWith('device_code') && device !== undefined
          ? devices.find(device)?.grant
          : undefined
  const userName = grantType === 'password' ? given(form, 'username') : undefined
  const named = userName === undefined ? undefined : people.findUserBySignInName(userName.trim())
  return {
    call: `token (${grantType?.replace('urn:ietf:params:oauth:grant-type:', '') ?? 'without grant_type'})`,
    tenantId: grant?.tenantId ?? named?.tenantId ?? tenantId,
    userId: grant?.homeUserId ?? named?.id,
    appId: readCredentials(form, authorization).clientId?.toLowerCase(),
    grantType: grantType ?? '',
  }
}
