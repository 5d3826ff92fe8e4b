import type { Subject } from '../faults/index.ts'
import type { Settings } from '../kernel/settings.ts'
import { EntraError } from './aadsts.ts'
import type { Authority } from './authority.ts'
import { given } from './client-authentication.ts'
import type { Clients } from './clients.ts'
import { DEVICE_CODE_SECONDS, type DeviceCodes, POLL_INTERVAL_SECONDS } from './device-codes.ts'
import { readScopes } from './scopes.ts'

export interface DeviceEndpointDeps {
  settings: Settings
  clients: Clients
  devices: DeviceCodes
}

/**
 * Device authorization endpoint. As at Microsoft, the response has no `verification_uri_complete`.
 *
 * @throws {EntraError}
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
export type DeviceEndpoint = (form: URLSearchParams, authority: Authority, subject: Subject) => Record<string, unknown>

export function createDeviceEndpoint({ settings, clients, devices }: DeviceEndpointDeps): DeviceEndpoint {
  return (form, authority, subject) => {
    const [appId, scope] = [given(form, 'client_id'), given(form, 'scope')]
    if (appId === undefined) throw new EntraError(900144, { name: 'client_id' })
    if (scope === undefined) throw new EntraError(900144, { name: 'scope' })
    const client = clients.get(appId, authority, subject)
    const tenant = authority.tenant?.displayName ?? authority.segment
    const { text } = readScopes(scope, { appName: client.name, tenant })
    const { deviceCode, userCode } = devices.issue({ appId: client.appId, scope: text, segment: authority.segment })
    const page = `${settings.named.login}/devicelogin`
    return {
      user_code: userCode,
      device_code: deviceCode,
      verification_uri: page,
      expires_in: DEVICE_CODE_SECONDS,
      interval: POLL_INTERVAL_SECONDS,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
    }
  }
}
