import { decodeJwt } from 'jose'
import { z } from 'zod'
import { fillText } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { CheckLine, CloudProvider } from '../cloud-provider.ts'
import { applicationPermissionsFor } from '../clouds/permissions.ts'
import { TEXTS } from '../texts.ts'

const Roles = z.object({ roles: z.array(z.string()).max(200).default([]) })

/** Required application permissions that are missing in a token; only for access to every mailbox. */
export function rolesMissing(roles: readonly string[]): string[] {
  return applicationPermissionsFor({ receives: 'graph', sends: 'graph' })
    .map(({ value }) => value)
    .filter((value) => !roles.includes(value))
}

/**
 * Checks that an Entra admin has consented to application permissions, if the application opens every mailbox.
 * Permissions for selected mailboxes are granted in Exchange and appear in no token.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function applicationLines({ application }: Pick<CloudProvider, 'application'>, token: Secret): CheckLine[] {
  const roles = application === 'all-mailboxes' ? rolesOf(token) : undefined
  if (!roles) return []
  const missing = rolesMissing(roles)
  if (missing.length === 0) {
    return [{ what: 'application', outcome: 'ok', title: TEXTS.applicationAllowed }]
  }
  return [
    {
      what: 'application',
      outcome: 'waiting',
      title: fillText(TEXTS.consentMissing, { roles: missing.join(' and ') }),
      fix: TEXTS.grantConsent,
    },
  ]
}

/** Returns undefined for an unreadable token; the check then reports nothing. */
function rolesOf(token: Secret): readonly string[] | undefined {
  try {
    return Roles.parse(decodeJwt(token.reveal())).roles
  } catch {
    return undefined
  }
}
