import type { SMTPServerAuthentication } from 'smtp-server'
import type { AccessTokenClaims, AccessTokenVerifier } from '../../entra-id/index.ts'
import type { Subject } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Directory, EXCHANGE } from '../../tenants/index.ts'
import { BASIC_DISABLED, disabledFor, Reply, unsuccessful } from './replies.ts'

/** Delegated and application permission for client submission (docs/reference/microsoft-365.md §D.3, §D.5), and the role of RBAC for Applications. */
const SCOPE = 'SMTP.Send'
const ROLE = 'SMTP.SendAsApp'
const SCOPED_ROLE = 'Application SMTP.SendAsApp'

/** Who has signed in to send, and from which mailbox. */
export interface SignedIn {
  claims: AccessTokenClaims
  /** Named by `user=`: the caller's own mailbox, or one that the caller has Full Access to (§E.7, unsure for SMTP). */
  mailboxId: string
  /** The person of the token. An application acts as the owner of the mailbox. */
  actorId: string
  subject: Omit<Subject, 'call'>
}

export interface SignInDeps {
  clock: Clock
  directory: Directory
  accessTokens: AccessTokenVerifier
}

/**
 * Answers who has signed in. Whether client submission is on is looked at last: only who could send learns that it
 * is off.
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
  // Exchange knows an application by its service principal, to which an admin gave the mailbox (§D.5).
  const servicePrincipal = consents.findServicePrincipal(tenantId, appId)
  return (
    roles.has(ROLE) && servicePrincipal !== undefined && people.hasRight(mailboxId, servicePrincipal.id, 'FullAccess')
  )
}
