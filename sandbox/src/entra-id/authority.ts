import type { FaultsAsked } from '../faults/index.ts'
import { PERSONAL_TENANT_ID, type People, type Tenant, type User } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { checkFaults } from './fault-checks.ts'

/** Tenant part of an address: determines who may sign in. @see reference: v2-protocols-oidc */
export type Authority =
  | { kind: 'tenant'; segment: string; tenant: Tenant }
  | { kind: 'common'; segment: string; tenant?: undefined }
  | { kind: 'organizations'; segment: string; tenant?: undefined }
  | { kind: 'consumers'; segment: string; tenant: Tenant }

export interface Authorities {
  people: People
  faults: FaultsAsked
}

/**
 * Reads the first segment of a path: an alias, a tenant id or one of a tenant's domains. Throws AADSTS90002 for any
 * other segment. `call` names the endpoint of the address.
 */
export function authorityOf({ people, faults }: Authorities, segment: string, call: string): Authority {
  const alias = segment.toLowerCase()
  if (alias === 'common' || alias === 'organizations') return { kind: alias, segment: alias }
  const tenant = people.findTenant(alias === 'consumers' ? PERSONAL_TENANT_ID : segment)
  if (!tenant) throw new EntraError(90002, { tenant: segment })
  checkFaults(faults, 'entra.tenant', { call, tenantId: tenant.id }, { tenant: segment })
  if (tenant.id === PERSONAL_TENANT_ID) return { kind: 'consumers', segment: alias, tenant }
  return { kind: 'tenant', segment: tenant.id, tenant }
}

/** A signed-in user, with its account in the tenant that issues the tokens. */
export interface Identity {
  /** The account in the home tenant, which signs in. */
  home: User
  /** The account in `tenant`: the same as `home`, or a guest. */
  user: User
  tenant: Tenant
}

export const isPersonal = (user: User) => user.tenantId === PERSONAL_TENANT_ID

/** Error of the sign-in page for an account of the wrong kind; `undefined` when the account is allowed. */
export function wrongKindOfAccount(user: User, authority: Authority, personalAllowed: boolean): EntraError | undefined {
  const wrong = isPersonal(user)
    ? authority.kind === 'organizations' || (authority.kind === 'common' && !personalAllowed)
    : authority.kind === 'consumers'
  return wrong ? new EntraError(500208) : undefined
}

/** Finds the account in the authority's tenant; `undefined` when there is none (AADSTS50020). */
export function identityIn(people: People, home: User, authority: Authority): Identity | undefined {
  if (authority.kind !== 'tenant' || authority.tenant.id === home.tenantId) {
    return { home, user: home, tenant: people.findTenant(home.tenantId)! }
  }
  const user = people.listUsers(authority.tenant.id).find(({ homeUserId }) => homeUserId === home.id)
  return user && { home, user, tenant: authority.tenant }
}
