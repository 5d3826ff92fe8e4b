import type { AccessTokenClaims, AccessTokenVerifier } from '../../entra-id/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Directory, EXCHANGE } from '../../tenants/index.ts'

/** Delegated and application permission for IMAP (docs/reference/microsoft-365.md §D.3). */
const SCOPE = 'IMAP.AccessAsUser.All'
const ROLE = 'IMAP.AccessAsApp'

/** The signed-in caller and its mailbox. */
export interface SignedIn {
  claims: AccessTokenClaims
  /** User name as the client sent it. */
  userName: string
  /** Mailbox with that name in the tenant of the token, if there is one. */
  mailboxId: string | undefined
  /**
   * False when the token is valid but does not cover the mailbox: it does not exist, belongs to another user, or the
   * application lacks permission. Exchange still answers OK, and every command then fails (§E.4).
   */
  isConnected: boolean
  at: number
}

/** Fields of a SASL XOAUTH2 response (§E.2); `undefined` for any other input. */
export function readXoauth2(base64: string): { userName: string; token: string } | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  const text = Buffer.from(base64, 'base64').toString('utf8')
  const match = /^user=([^\x01]{1,320})\x01auth=Bearer ([^\x01\s]+)\x01\x01$/i.exec(text)
  return match ? { userName: match[1]!, token: match[2]! } : undefined
}

/**
 * Checks an XOAUTH2 token; `undefined` for one that IMAP refuses: expired, with another audience (§D.4), or without the
 * permission.
 */
export async function signIn(
  { userName, token }: { userName: string; token: string },
  { accessTokens, directory, clock }: { accessTokens: AccessTokenVerifier; directory: Directory; clock: Clock },
): Promise<SignedIn | undefined> {
  const answer = await accessTokens.verify(token, EXCHANGE.audience)
  if ('refused' in answer) return undefined
  const { claims } = answer
  if (claims.userId === undefined ? !claims.roles.has(ROLE) : !claims.scopes.has(SCOPE)) return undefined
  const { people } = directory
  const owner = people.findUserInTenant(claims.tenantId, userName)
  const mailboxId = owner && people.findMailbox(owner.id)?.userId
  const isConnected = mailboxId !== undefined && mayOpen(mailboxId, claims, directory)
  return { claims, userName, mailboxId, isConnected, at: clock.now().getTime() }
}

/** True for the caller's own mailbox, or one with Full Access for the caller. */
function mayOpen(mailboxId: string, claims: AccessTokenClaims, { people, consents }: Directory): boolean {
  const { userId, tenantId, appId } = claims
  // Exchange identifies an application by its service principal, never by its registration (§D.5).
  const callerId = userId ?? consents.findServicePrincipal(tenantId, appId)?.id
  return callerId !== undefined && (callerId === mailboxId || people.hasRight(mailboxId, callerId, 'FullAccess'))
}
