import { EntraError } from './aadsts.ts'
import { given } from './client-authentication.ts'
import { type DeviceCodes } from './device-codes.ts'
import { firstTokens, type PersonGrantDeps } from './first-tokens.ts'
import { type GrantRequest, proveClient } from './token-answers.ts'

/**
 * Handles `grant_type=urn:ietf:params:oauth:grant-type:device_code`: the device polls until its code is approved.
 *
 * @throws {EntraError} 70016 while approval is pending, 70018 when the user declined or the code is unknown, 70020 when
 *   the code has expired
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 * @see RFC 8628 §3.5
 */
export function createDeviceCodeRedemption(deps: PersonGrantDeps & { devices: DeviceCodes }) {
  const { clock, devices, authentication } = deps

  return async function redeemDeviceCode(request: GrantRequest): Promise<Record<string, unknown>> {
    const { client, form } = request
    const deviceCode = given(form, 'device_code') ?? given(form, 'code')
    if (deviceCode === undefined) throw new EntraError(900144, { name: 'device_code' })
    const found = devices.find(deviceCode)
    if (!found || found.request.appId !== client.appId) throw new EntraError(70018)
    const platform = client.application.isFallbackPublicClient ? 'publicClient' : 'web'
    const proof = await proveClient(request, platform, authentication)
    if (found.state === 'declined') {
      throw new EntraError(70018, {}, { instead: { error: 'authorization_declined' } })
    }
    // Unconfirmed: Microsoft's error for a code that was already redeemed.
    if (found.state === 'redeemed' || found.expiresAt <= clock.now().getTime()) throw new EntraError(70020)
    if (!found.grant) throw new EntraError(70016)

    return firstTokens({ request, grant: found.grant, nonce: undefined, proof }, deps, () => {
      if (!devices.redeem(deviceCode)) throw new EntraError(70020)
    })
  }
}
