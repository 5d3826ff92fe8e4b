import type { SMTPServerAuthentication } from 'smtp-server'
import type { AccessTokenClaims, AccessTokenVerifier } from '../../entra-id/index.ts'
import type { Subject } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Directory, EXCHANGE } from '../../tenants/index.ts'
import { BASIC_DISABLED, disabledFor, Reply, unsuccessful } from './replies.ts'

/**
 * Delegated and application permission for client submission (docs/reference/microsoft-365.md §D.3, §D.5), and the role
 * in RBAC for Applications.
 */
const SCOPE = 'SMTP.Send'
const ROLE = 'SMTP.SendAsApp'
const SCOPED_ROLE = 'Application SMTP.SendAsApp'

/** The signed-in caller and its mailbox. */
export interface SignedIn {
  claims: AccessTokenClaims
  /** Mailbox in `user=`: the caller's own, or one with Full Access for the caller (§E.7, unconfirmed for SMTP). */
  mailboxId: string
  /** User of the token. An application acts as the owner of the mailbox. */
  actorId: string
  subject: Omit<Subject, 'call'>
}

export interface SignInDeps {
  clock: Clock
  directory: Directory
  accessTokens: AccessTokenVerifier
}

/**
 * Signs a caller in. Checks last that client submission is enabled, so that only a caller who could send gets that
 * error.
 *
 * @throws Reply 535
 */
export async function signIn(auth: SMTPServerAuthentication, deps: SignInDeps): Promise<SignedIn> {
  const { clock, directory, accessTokens } = deps
  if (auth.method !== 'XOAUTH2') throw new Reply(BASIC_DISABLED)
  const refused = () => new Reply(unsuccessful(clock.now()))

  const answer = await accessTokens.verify(auth.accessToken ?? '', EXCHANGE.audience)
  if ('refused' in answer) throw refused()
  const { claims } = answer
  const owner = directory.people.findUserInTenant(claims.tenantId, auth.username ?? '')
  if (!owner || !directory.people.findMailbox(owner.id) || !mayUse(owner.id, claims, directory)) throw refused()

  const disabledBy = directory.people.smtpAuthDisabledBy(owner.id)
  if (disabledBy) throw new Reply(disabledFor(disabledBy === 'tenant' ? 'Tenant' : 'Mailbox'))
  const { tenantId, userId, appId } = claims
  return {
    claims,
    mailboxId: owner.id,
    actorId: userId ?? owner.id,
    subject: { tenantId, userId, appId, mailboxId: owner.id },
  }
}

function mayUse(mailboxId: string, claims: AccessTokenClaims, { people, consents }: Directory): boolean {
  const { userId, appId, tenantId, roles, scopes } = claims
  if (userId !== undefined) {
    return scopes.has(SCOPE) && (userId === mailboxId || people.hasRight(mailboxId, userId, 'FullAccess'))
  }
  if (people.applicationRoles(mailboxId, appId).includes(SCOPED_ROLE)) return true
  // Exchange identifies an application by its service principal, which an admin gave access to the mailbox (§D.5).
  const servicePrincipal = consents.findServicePrincipal(tenantId, appId)
  return (
    roles.has(ROLE) && servicePrincipal !== undefined && people.hasRight(mailboxId, servicePrincipal.id, 'FullAccess')
  )
}
