import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { Secret } from '../../kernel/secret.ts'
import type { CheckLine, CloudProvider } from '../cloud-provider.ts'
import { applicationPermissionsFor } from '../clouds/permissions.ts'

const Roles = z.object({ roles: z.array(z.string()).max(200).default([]) })

/** Application permissions that are wanted for every mailbox and not among those that a token has. */
export function rolesMissing(roles: readonly string[]): string[] {
  return applicationPermissionsFor({ receives: 'graph', sends: 'graph' })
    .map(({ value }) => value)
    .filter((value) => !roles.includes(value))
}

/**
 * Whether an Entra admin has consented to application permissions, where the application is to open every mailbox. Those
 * for chosen mailboxes are given in Exchange and stand in no token.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function applicationLines({ application }: Pick<CloudProvider, 'application'>, token: Secret): CheckLine[] {
  const roles = application === 'all-mailboxes' ? rolesOf(token) : undefined
  if (!roles) return []
  const missing = rolesMissing(roles)
  if (missing.length === 0) {
    return [{ what: 'application', outcome: 'ok', title: 'The application may open every mailbox, as was chosen' }]
  }
  return [
    {
      what: 'application',
      outcome: 'waiting',
      title: `An Entra admin has yet to consent to ${missing.join(' and ')} for the application`,
      fix: 'In the Azure portal open App registrations, the application, API permissions, see that they stand under Application permissions, and press Grant admin consent. People can sign in without it.',
    },
  ]
}

/** Undefined where it is not a token that can be read: then nothing is claimed. */
function rolesOf(token: Secret): readonly string[] | undefined {
  try {
    return Roles.parse(decodeJwt(token.reveal())).roles
  } catch {
    return undefined
  }
}
