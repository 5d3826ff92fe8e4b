import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { TokenPrincipal, Principal } from '../transports/index.ts'

/** The application of a cloud provider, in the organization whose mailbox it is to open. */
export interface ApplicationOf {
  cloudProviderId: CloudProviderId
  /** Directory (tenant) ID; that of the registration when absent. */
  tenantId?: string | undefined
}

/** Who is to open a mailbox: exactly one of the two. */
export interface WantedPrincipal {
  /** A person; the cloud provider is that of the grant. */
  grantId?: GrantId | undefined
  applicationOf?: ApplicationOf | undefined
}

export type Openers = ReturnType<typeof createOpeners>

/** Who opens a mailbox, and by which cloud provider. */
export function createOpeners({
  cloudProviderOf,
  cloudProviders,
}: Pick<EmailAccountsDeps, 'cloudProviderOf' | 'cloudProviders'>) {
  async function resolve(
    wanted: WantedPrincipal,
  ): Promise<{ principal: TokenPrincipal; cloudProviderId: CloudProviderId }> {
    const { grantId, applicationOf } = wanted
    if (grantId !== undefined) {
      return { principal: { kind: 'grant', grantId }, cloudProviderId: await cloudProviderOf(grantId) }
    }
    if (!applicationOf) throw new TypeError('nobody is to open the mailbox')
    const provider = await cloudProviders.get(applicationOf.cloudProviderId)
    const { tenantId = provider.tenantId } = applicationOf
    if (tenantId !== provider.tenantId && provider.accountTypes === 'single-tenant') {
      throw new AppError('email_accounts.tenant_not_admitted')
    }
    return { principal: { kind: 'application', tenantId }, cloudProviderId: provider.id }
  }

  return { resolve }
}

/** Columns of a mailbox for which nobody stands by. */
export const NO_STAND_BY = {
  stand_by_grant_id: null,
  stand_by_checked_at: null,
  stand_by_reason: null,
  stand_by_due_at: null,
}

/** The same as columns. Where the application opens the mailbox, nobody has to stand by for a person. */
export function columnsOf(principal: Principal) {
  if (principal.kind === 'grant') {
    return { principal: principal.kind, grant_id: principal.grantId, principal_tenant_id: null }
  }
  return {
    principal: principal.kind,
    grant_id: null,
    principal_tenant_id: principal.kind === 'application' ? principal.tenantId : null,
    first_grant_id: null,
    ...NO_STAND_BY,
  }
}
