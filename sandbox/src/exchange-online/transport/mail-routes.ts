import type { Directory, Tenant } from '../../tenants/index.ts'
import { readDomain, readLocalPart } from './address.ts'

export type Route =
  | { kind: 'mailbox'; tenant: Tenant; mailboxId: string }
  /** One of Exchange's own addresses, which accepts mail and discards it. */
  | { kind: 'swallow' }
  /** The domain belongs to a tenant here, but the address does not exist. */
  | { kind: 'unknown'; tenant: Tenant }
  | { kind: 'outside' }

/**
 * Sender of reports inside the organization. @see `Get-OrganizationConfig`: MicrosoftExchangeRecipientEmailAddresses
 */
export const REPORT_SENDER = 'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e'

export interface Routing {
  routeOf: (address: string) => Route
  tenantOfDomain: (domain: string) => Tenant | undefined
}

export function createRouting({ people }: Directory): Routing {
  const tenantOfDomain = (domain: string) =>
    people.listTenants().find(({ domains }) => domains.includes(domain.toLowerCase()))

  function routeOf(address: string): Route {
    const tenant = tenantOfDomain(readDomain(address))
    if (!tenant) return { kind: 'outside' }
    const localPart = readLocalPart(address)
    const own = localPart.toLowerCase()
    if (own === REPORT_SENDER.toLowerCase() || own === 'postmaster') return { kind: 'swallow' }

    // An address that itself contains "+" takes precedence over plus-addressing; an empty part before "+" is not an
    // address.
    const plus = localPart.indexOf('+')
    for (const name of plus > 0 ? [localPart, localPart.slice(0, plus)] : [localPart]) {
      const mailboxId = findMailboxId(tenant, name)
      if (mailboxId !== undefined) return { kind: 'mailbox', tenant, mailboxId }
    }
    return { kind: 'unknown', tenant }
  }

  /**
   * Finds the mailbox of an address. Each mailbox has an address at every domain of its tenant, like proxy addresses in
   * Microsoft 365.
   */
  function findMailboxId(tenant: Tenant, localPart: string): string | undefined {
    for (const domain of tenant.domains) {
      const user = people.findUserByAddress(`${localPart}@${domain}`)
      if (user?.tenantId === tenant.id && people.findMailbox(user.id)) return user.id
    }
    return undefined
  }

  return { routeOf, tenantOfDomain }
}
