import type { FastifyReply } from 'fastify'
import { sendPage } from '../kernel/site.ts'
import { type Authority, isPersonal } from './authority.ts'
import type { AuthorizeDeps } from './authorize.ts'
import type { Clients } from './clients.ts'
import { planConsent } from './consent-plan.ts'
import { takeConsent } from './consent-step.ts'
import type { DeviceCode, DeviceCodes } from './device-codes.ts'
import { confirmDevicePage, deviceDeclinedPage, deviceDonePage } from './device-pages.ts'
import type { SignInFlow, Visit } from './sign-in-flow.ts'
import { checkFaults } from './fault-checks.ts'
import { readScopes } from './scopes.ts'

export interface DeviceErrandDeps extends AuthorizeDeps {
  clients: Clients
  devices: DeviceCodes
}

const CALL = 'device page'

/**
 * Handles the sign-in after a user code was entered: the user confirms, consents and approves the device. Errors are
 * shown on a page; the device receives only a refusal by the user.
 *
 * @throws {EntraError}
 */
export function createDeviceFlow(
  { request, userCode, confirmed }: DeviceCode,
  authority: Authority,
  deps: DeviceErrandDeps,
): SignInFlow {
  const { clients, devices, answers, faults } = deps
  const subject = { call: CALL, tenantId: authority.tenant?.id, appId: request.appId }
  const client = clients.get(request.appId, authority, subject)
  const tenant = authority.tenant?.displayName ?? authority.segment
  const scopes = readScopes(request.scope, { appName: client.name, tenant })

  async function finish(visit: Visit): Promise<FastifyReply> {
    const { reply, form, identity, frame } = visit
    const { home, user } = identity
    const about = { ...subject, tenantId: identity.tenant.id, userId: user.id, homeUserId: home.id }
    checkFaults(faults, 'entra.device', about, { appId: client.appId, appName: client.name })
    const plan = planConsent({ call: CALL, client, identity, scopes, askAgain: false }, deps)
    if (!confirmed) {
      if (form?.get('step') !== 'device-confirm' || !form.has('continue')) {
        return sendPage(reply, confirmDevicePage(home.userPrincipalName, frame))
      }
      devices.confirm(userCode)
    }
    const page = plan.kind === 'granted' ? undefined : takeConsent(visit, plan, client, deps)
    if (page) return sendPage(reply, page)
    return approve(visit)
  }

  function approve({ reply, identity, proven, sessionId, end }: Visit): FastifyReply {
    devices.approve(userCode, {
      appId: client.appId,
      homeUserId: identity.home.id,
      tenantId: identity.tenant.id,
      platform: client.application.isFallbackPublicClient ? 'publicClient' : 'web',
      scope: scopes.text,
      authenticatedAt: proven.authenticatedAt,
      mfa: proven.mfa,
      keepSignedIn: proven.keepSignedIn,
      sessionId,
      personal: isPersonal(identity.home),
    })
    end()
    return sendPage(reply, deviceDonePage(client.name))
  }

  return {
    client,
    prompt: undefined,
    loginHint: undefined,
    domainHint: undefined,
    cancel(reply) {
      devices.decline(userCode)
      return sendPage(reply, deviceDeclinedPage(client.name))
    },
    refuse: (reply, error, context) => sendPage(reply, answers.page(error, context), 400),
    finish,
  }
}
