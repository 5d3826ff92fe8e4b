import { type Cloud, type CloudProvider, READS_ALL_MAIL, rolesMissing } from '../cloud-providers/index.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { ok, type Finding, spared, wrong } from './steps.ts'
import { isForGraph, readClaims } from './token-claims.ts'
import { TEXTS } from './texts.ts'

export interface ApplicationTokenToExamine {
  provider: Pick<CloudProvider, 'application'>
  cloud: Cloud
  /** Directory (tenant) ID of the organization that owns the mailbox. */
  tenantId: string
}

/**
 * Checks the application's token for a mailbox: its tenant, and its roles compared with the requested roles. A token
 * without roles may be valid: permissions that Exchange grants for selected mailboxes are not part of the token.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
export function lookAtApplicationToken(token: Secret, examined: ApplicationTokenToExamine): Finding {
  const { provider, cloud, tenantId } = examined
  const claims = readClaims(token)
  if (!claims) return spared(TEXTS.tokenOpaque)
  const { aud, tid, roles = [] } = claims
  const isForAll = provider.application === 'all-mailboxes'
  const missing = isForAll ? rolesMissing(roles) : []
  const facts = {
    audience: aud,
    roles: roles.join(' ') || TEXTS.none,
    [TEXTS.requested]: isForAll ? rolesMissing([]).join(' ') : TEXTS.grantedInExchange,
  }
  if (!isForGraph(claims, cloud)) return wrong(new AppError('doctor.token_of_another'), undefined, facts)
  if (tid !== undefined && tid !== tenantId) {
    const title = TEXTS.tokenOfOtherTenant
    return wrong(new AppError('doctor.token_of_another'), title, { ...facts, organization: tid })
  }
  if (missing.length > 0) {
    return wrong(
      new AppError('doctor.roles_missing'),
      fillText(TEXTS.rolesMissing, { roles: missing.join(', ') }),
      facts,
    )
  }
  const tooMuch = isForAll ? [] : roles.filter((role) => READS_ALL_MAIL.includes(role))
  if (tooMuch.length > 0) {
    const title = fillText(TEXTS.rolesTooWide, { roles: tooMuch.join(', ') })
    return wrong(new AppError('cloud_providers.reads_other_mailboxes'), title, facts)
  }
  return ok(isForAll ? TEXTS.tokenAllows : TEXTS.tokenForExchangeRoles, facts)
}
