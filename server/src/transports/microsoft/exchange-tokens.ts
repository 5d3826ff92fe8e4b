import type { Cloud } from '../../cloud-providers/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'

/** Office 365 Exchange Online, as the audience of tokens (docs/reference/microsoft-365.md §B.3, §D.1). */
const EXCHANGE = ['00000002-0000-0ff1-ce00-000000000000', 'https://outlook.office.com', 'https://outlook.office365.com']

interface HandedOver {
  value: Secret
  /** Absent where the token endpoint says none. */
  scope?: readonly string[]
}

/**
 * A token goes to Exchange only when it is one for Exchange and of a permission for that protocol: a wrong one is
 * refused there without a word about why, and counts as a failed sign-in of the person.
 *
 * @throws {AppError} `tokens.scope_not_granted`
 */
export function refuseUnfit(
  { value, scope }: HandedOver,
  { scopePrefixes }: Pick<Cloud, 'scopePrefixes'>,
  permission: 'IMAP.AccessAsUser.All' | 'SMTP.Send' | undefined,
): void {
  const names = (scope ?? []).map((name) => name.split('/').at(-1))
  if (permission !== undefined && names.length > 0 && !names.includes(permission)) {
    throw new AppError('tokens.scope_not_granted', { detail: permission })
  }
  const audience = audienceOf(value)
  if (audience === undefined) return
  const own = scopePrefixes.exchange.replace(/\/$/, '')
  if (![...EXCHANGE, own].includes(audience.replace(/\/$/, ''))) {
    throw new AppError('tokens.scope_not_granted', { detail: 'the token is not one for Exchange' })
  }
}

/** Returns whether an application token has the role; undefined if the token is not readable. */
export function hasRole(value: Secret, role: string): boolean | undefined {
  const claims = claimsOf(value)
  if (!claims) return undefined
  return Array.isArray(claims.roles) && claims.roles.includes(role)
}

/** Undefined for opaque tokens, such as those of personal accounts. */
function audienceOf(value: Secret): string | undefined {
  const aud = claimsOf(value)?.aud
  return typeof aud === 'string' ? aud : undefined
}

function claimsOf(value: Secret): { aud?: unknown; roles?: unknown } | undefined {
  const [, payload] = value.reveal().split('.')
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? claims : undefined
  } catch {
    return undefined
  }
}
