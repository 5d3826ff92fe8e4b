import type { CloudProvider } from '../cloud-providers/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { explain, type Explanation, type KnownNames } from '../error-map/index.ts'
import { CATALOGUE, isErrorCode, type Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from '../tokens/index.ts'
import type { KnownCaller } from './permit.ts'
import type { Rooms } from './rooms.ts'

type Named = Pick<Rooms, 'cloudProviders' | 'grants' | 'publicUrl'>

/**
 * Detailed explanations for the reason of a state, with names and Microsoft's error, if stored. They name the
 * registration and its commands, so only admins receive them.
 */
export function createExplainer({ cloudProviders, grants, publicUrl }: Named) {
  const redirectUri = `${publicUrl.origin}/oauth/callback`

  function namesOf({ clientId, tenantId, ...provider }: CloudProvider, person?: string, address?: string): KnownNames {
    const { scriptNames = 'none' } = cloudProviders.cloudOf({ clientId, tenantId, ...provider })
    return { clientId, tenantId, redirectUri, scriptNames, person, address }
  }

  async function about(
    code: string,
    ids: { cloudProviderId?: CloudProviderId | undefined; grantId?: GrantId | undefined; address?: string | undefined },
    upstream?: Upstream,
  ): Promise<Explanation | undefined> {
    // A removed object has no name any more; the catalog's text is then used without it.
    const grant = ids.grantId && (await grants.get(ids.grantId).catch(() => undefined))
    const providerId = ids.cloudProviderId ?? grant?.cloudProviderId
    const provider = providerId && (await cloudProviders.get(providerId).catch(() => undefined))
    if (!provider) return explain(code, upstream, { address: ids.address, person: grant?.userName })
    const names = namesOf(provider, grant?.userName, ids.address)
    return explain(
      code,
      upstream ?? saidBy(code, provider, grant),
      ids.grantId ? names : { ...names, principal: 'application' },
    )
  }

  return {
    ofProvider: async (provider: CloudProvider) =>
      provider.stateReason === undefined
        ? undefined
        : explain(provider.stateReason, saidBy(provider.stateReason, provider, undefined), namesOf(provider)),

    ofGrant: async (grant: GrantSummary) =>
      grant.stateReason === undefined
        ? undefined
        : about(grant.stateReason, { grantId: grant.id, cloudProviderId: grant.cloudProviderId }),

    ofAccount: async ({ reason, said, principal, cloudProviderId, address }: EmailAccount, caller: KnownCaller) =>
      reason === undefined || !mayAdminister(caller)
        ? undefined
        : about(
            reason.code,
            { cloudProviderId, address, grantId: principal.kind === 'grant' ? principal.grantId : undefined },
            said,
          ),

    about,
  }
}

/** Microsoft's error response behind this reason, from wherever it is stored. */
function saidBy(code: string, provider: CloudProvider, grant: GrantSummary | undefined): Upstream | undefined {
  if (isErrorCode(code) && CATALOGUE[code].changesGrant) return grant?.ended?.upstream
  return provider.lastCheck?.lines.find((line) => line.code === code)?.upstream
}

/** A key for some mailboxes administers those. */
function mayAdminister(caller: KnownCaller): boolean {
  return caller.kind === 'api-key' ? caller.scopes.includes('admin:read') : caller.person.role === 'admin'
}
