import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory } from '../../tenants/index.ts'
import { registerApplications } from './applications-api.ts'
import { registerGrants } from './grants-api.ts'
import { registerOrganization } from './organization-api.ts'
import { registerServicePrincipals } from './service-principals-api.ts'

export interface DirectoryApiDeps {
  clock: Clock
  directory: Directory
  settings: Settings
}

/**
 * The part of Graph's directory that registration scripts call: applications with their credentials, service
 * principals, delegated permission grants, app role assignments, the organization. Must be registered below `/v1.0` of
 * the Graph site, which sets `request.caller`.
 *
 * Azure CLI's `az ad app permission admin-consent` is not supported: that command calls a private address of the Azure
 * portal (`main.iam.ad.ext.azure.com`) that is fixed in its code. Alternatives are *Grant admin consent* in the portal,
 * `az ad app permission grant`, and the two underlying requests for grants and role assignments.
 */
export function directoryApi(deps: DirectoryApiDeps): FastifyPluginAsync {
  return async (v1) => {
    registerApplications(v1, deps)
    registerServicePrincipals(v1, deps)
    registerGrants(v1, deps)
    registerOrganization(v1, deps)
  }
}
