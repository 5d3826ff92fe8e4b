import type { FaultsAsked } from '../faults/index.ts'
import { PERSONAL_TENANT_ID, type People, type Tenant, type User } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { checkFaults } from './fault-checks.ts'

/** The tenant part of an address: who may sign in there. @see reference: v2-protocols-oidc */
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
 * Reads the first part of a path: an alias, a tenant's id or one of its domains. AADSTS90002 for any other. `call` is
 * what the address belongs to.
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

/** Somebody signed in, and the account that this person is in the tenant that issues the tokens. */
export interface Identity {
  /** The account that signs in: at home. */
  home: User
  /** The account in `tenant`: the same, or a guest. */
  user: User
  tenant: Tenant
}

export const isPersonal = (user: User) => user.tenantId === PERSONAL_TENANT_ID

/** What an account of the wrong kind is told at the sign-in page; `undefined` when it may go on. */
export function wrongKindOfAccount(user: User, authority: Authority, personalAllowed: boolean): EntraError | undefined {
  const wrong = isPersonal(user)
    ? authority.kind === 'organizations' || (authority.kind === 'common' && !personalAllowed)
    : authority.kind === 'consumers'
  return wrong ? new EntraError(500208) : undefined
}

/** The account's place in the authority's tenant; `undefined` when it has none (AADSTS50020). */
export function identityIn(people: People, home: User, authority: Authority): Identity | undefined {
  if (authority.kind !== 'tenant' || authority.tenant.id === home.tenantId) {
    return { home, user: home, tenant: people.findTenant(home.tenantId)! }
  }
  const user = people.listUsers(authority.tenant.id).find(({ homeUserId }) => homeUserId === home.id)
  return user && { home, user, tenant: authority.tenant }
}
