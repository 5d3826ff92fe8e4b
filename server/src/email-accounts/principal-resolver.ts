import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { TokenPrincipal } from '../transports/index.ts'

/** Application of a cloud provider, in the organization of the mailbox. */
export interface RequestedApplication {
  cloudProviderId: CloudProviderId
  /** Directory (tenant) ID; the registration's own when absent. */
  tenantId?: string | undefined
}

/** Requested principal of an account: exactly one of the two fields. */
export interface RequestedPrincipal {
  /** Grant whose cloud provider the account uses. */
  grantId?: GrantId | undefined
  applicationOf?: RequestedApplication | undefined
}

export type PrincipalResolver = ReturnType<typeof createPrincipalResolver>

/** Resolves a requested principal to a principal and its cloud provider. */
export function createPrincipalResolver({
  cloudProviderOf,
  cloudProviders,
}: Pick<EmailAccountsDeps, 'cloudProviderOf' | 'cloudProviders'>) {
  async function resolve(
    requested: RequestedPrincipal,
  ): Promise<{ principal: TokenPrincipal; cloudProviderId: CloudProviderId }> {
    const { grantId, applicationOf } = requested
    if (grantId !== undefined) {
      return { principal: { kind: 'grant', grantId }, cloudProviderId: await cloudProviderOf(grantId) }
    }
    if (!applicationOf) throw new TypeError('neither a grant nor an application was requested')
    const provider = await cloudProviders.get(applicationOf.cloudProviderId)
    const { tenantId = provider.tenantId } = applicationOf
    if (tenantId !== provider.tenantId && provider.accountTypes === 'single-tenant') {
      throw new AppError('email_accounts.tenant_not_admitted')
    }
    return { principal: { kind: 'application', tenantId }, cloudProviderId: provider.id }
  }

  return { resolve }
}
