/**
 * Identities from the claims of a validated ID token. An address is never an identity: users can change theirs, and a
 * provider may issue one that belongs to someone else.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import type { Role } from '../people/index.ts'
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts'
import type { IdentityProvider, ProvenIdentity, StoredAdmission } from './identity-provider.ts'

/** In lower case, so that a different notation is the same id. */
const entraId = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)

/** Claims for display are left out if they aren't short texts; they never make a sign-in fail. */
const shown = (max: number) => z.string().trim().min(1).max(max).optional().catch(undefined)

const Claims = z.looseObject({
  iss: z.string().max(1000),
  sub: z.string().min(1).max(255),
  name: shown(200),
  preferred_username: shown(320),
  email: z.email().max(320).optional().catch(undefined),
  email_verified: z.unknown().optional(),
  xms_edov: z.unknown().optional(),
  auth_time: z.number().int().positive().optional().catch(undefined),
})

const MicrosoftClaims = z.object({ tid: entraId, oid: entraId })

export function toIdentity(
  { kind, tenantId, admission }: Pick<IdentityProvider, 'kind' | 'tenantId' | 'admission'>,
  idTokenClaims: unknown,
  now: Date,
): ProvenIdentity {
  const parsed = Claims.safeParse(idTokenClaims)
  if (!parsed.success) throw new AppError('identity_providers.answer_invalid', { cause: parsed.error })
  const claims = parsed.data
  const { email, name, preferred_username: userName } = claims
  return {
    subject: kind === 'microsoft' ? subjectAtMicrosoft(claims, tenantId) : `${claims.iss} ${claims.sub}`,
    userName: userName ?? email ?? claims.sub,
    displayName: name ?? userName ?? email ?? claims.sub,
    verifiedEmail: isVerified(kind, claims) ? email?.toLowerCase() : undefined,
    role: roleOf(admission, claims),
    authenticatedAt: authenticationTime(claims.auth_time, now),
  }
}

/** A time in the future proves nothing, so it counts as absent. */
function authenticationTime(seconds: number | undefined, now: Date): Date | undefined {
  if (seconds === undefined || seconds * 1000 > now.getTime() + CLOCK_TOLERANCE_MS) return undefined
  return new Date(seconds * 1000)
}

/** `sub` of Microsoft differs per application, so that another registration would lose all links. */
function subjectAtMicrosoft(claims: unknown, tenantId: string | undefined): string {
  const parsed = MicrosoftClaims.safeParse(claims)
  if (!parsed.success) throw new AppError('identity_providers.answer_invalid', { cause: parsed.error })
  const { tid, oid } = parsed.data
  if (tid !== tenantId?.toLowerCase()) throw new AppError('identity_providers.foreign_tenant')
  return `${tid}/${oid}`
}

/** Microsoft has no `email_verified`: its optional claim `xms_edov` proves the owner of the domain. */
function isVerified(kind: IdentityProvider['kind'], claims: z.infer<typeof Claims>): boolean {
  if (kind === 'openid') return claims.email_verified === true
  return [true, 1, '1', 'true'].includes(claims.xms_edov as never)
}

function roleOf({ kind, claim, adminValues, agentValues }: StoredAdmission, claims: object): Role | undefined {
  if (kind !== 'claim' || claim === undefined) return undefined
  const value = Object.hasOwn(claims, claim) ? (claims as Record<string, unknown>)[claim] : undefined
  const values = [value].flat()
  if (adminValues.some((wanted) => values.includes(wanted))) return 'admin'
  return agentValues.some((wanted) => values.includes(wanted)) ? 'agent' : undefined
}
