import type { AccessTokenClaims, AccessTokenVerifier } from '../../entra-id/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Directory, EXCHANGE } from '../../tenants/index.ts'

/** Delegated and application permission for IMAP (docs/reference/microsoft-365.md §D.3). */
const SCOPE = 'IMAP.AccessAsUser.All'
const ROLE = 'IMAP.AccessAsApp'

/** Who has signed in, and into which mailbox. */
export interface SignedIn {
  claims: AccessTokenClaims
  /** As the client wrote it. */
  userName: string
  /** The mailbox of that name in the tenant of the token, if there is one. */
  mailboxId: string | undefined
  /**
   * `false` when the token is good and the mailbox is none for it: there is none of that name, it is another's, or
   * the application has no permission on it. Exchange says OK all the same, and nothing works then (§E.4).
   */
  isConnected: boolean
  at: number
}

/** The fields of a SASL XOAUTH2 response (§E.2); `undefined` for anything else. */
export function readXoauth2(base64: string): { userName: string; token: string } | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  const text = Buffer.from(base64, 'base64').toString('utf8')
  const match = /^user=([^\x01]{1,320})\x01auth=Bearer ([^\x01\s]+)\x01\x01$/i.exec(text)
  return match ? { userName: match[1]!, token: match[2]! } : undefined
}

/** `undefined` for a token that IMAP does not take: expired, of another audience (§D.4), without the permission. */
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

/** The mailbox is the caller's own, or the caller has Full Access to it. */
function mayOpen(mailboxId: string, claims: AccessTokenClaims, { people, consents }: Directory): boolean {
  const { userId, tenantId, appId } = claims
  // An application is known to Exchange by its service principal, never by its registration (§D.5).
  const callerId = userId ?? consents.findServicePrincipal(tenantId, appId)?.id
  return callerId !== undefined && (callerId === mailboxId || people.hasRight(mailboxId, callerId, 'FullAccess'))
}
