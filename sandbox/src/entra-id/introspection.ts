import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Database } from '../kernel/database.ts'
import { type Directory, EXCHANGE } from '../tenants/index.ts'
import type { AccessTokenClaims, AccessTokenVerifier } from './access-token-claims.ts'

/** HTTP Basic credentials of the introspection endpoint. */
export interface IntrospectionCredentials {
  id: string
  secret: string
}

/**
 * Token introspection (RFC 7662) for real mail servers, which cannot verify Exchange's tokens themselves. A token with
 * another audience, or without the permission for the protocol, is not active. Microsoft has no such endpoint.
 */
export interface Introspection {
  credentials: IntrospectionCredentials
  isAllowed(id: string | undefined, secret: string | undefined): boolean
  /**
   * Introspects a token.
   *
   * @param protocol Dovecot's name: `imap`, `pop3`, `submission` or `smtp`; without it, the permission for any protocol
   *   suffices
   */
  introspect(token: string, protocol: string | undefined): Promise<Record<string, unknown>>
}

/** Delegated and application permission for each protocol. */
const PERMISSIONS: Record<string, { scope: string; role: string }> = {
  imap: { scope: 'IMAP.AccessAsUser.All', role: 'IMAP.AccessAsApp' },
  pop3: { scope: 'POP.AccessAsUser.All', role: 'POP.AccessAsApp' },
  smtp: { scope: 'SMTP.Send', role: 'SMTP.SendAsApp' },
  submission: { scope: 'SMTP.Send', role: 'SMTP.SendAsApp' },
}

export function createIntrospection(
  database: Database,
  directory: Directory,
  accessTokens: AccessTokenVerifier,
): Introspection {
  const { people, consents } = directory
  const credentials = keptCredentials(database)

  function isAllowed(id: string | undefined, secret: string | undefined): boolean {
    const [expected, actual] = [credentials, { id, secret }].map((pair) => Buffer.from(`${pair.id}:${pair.secret}`))
    return expected!.length === actual!.length && timingSafeEqual(expected!, actual!)
  }

  async function introspect(token: string, protocol: string | undefined): Promise<Record<string, unknown>> {
    const answer = await accessTokens.verify(token, EXCHANGE.audience)
    if ('refused' in answer) return { active: false }
    const { claims } = answer
    if (!isPermitted(claims, protocol)) return { active: false }
    const holder = holderOf(claims)
    if (!holder) return { active: false }
    return {
      active: true,
      username: holder.name,
      scope: [...claims.scopes, ...claims.roles].join(' '),
      client_id: claims.appId,
      aud: claims.audience,
      exp: Math.floor(claims.expiresAt / 1000),
      iat: Math.floor(claims.issuedAt / 1000),
      // For mail servers that must not compare the user name: a constant, plus the mailboxes that the token opens.
      holder: 'token-holder',
      mailboxes: mailboxPattern(holder.id, protocol),
    }
  }

  function isPermitted({ scopes, roles }: AccessTokenClaims, protocol: string | undefined): boolean {
    if (protocol === undefined) return true
    const needed = Object.hasOwn(PERMISSIONS, protocol) ? PERMISSIONS[protocol] : undefined
    return needed !== undefined && (scopes.has(needed.scope) || roles.has(needed.role))
  }

  function holderOf({ userId, tenantId, appId }: AccessTokenClaims): { id: string; name: string } | undefined {
    if (userId === undefined) {
      const servicePrincipal = consents.findServicePrincipal(tenantId, appId)
      return servicePrincipal?.accountEnabled === true ? { id: servicePrincipal.id, name: appId } : undefined
    }
    const user = people.findUser(userId)
    return user?.accountEnabled === true ? { id: user.id, name: user.userPrincipalName.toLowerCase() } : undefined
  }

  /** A regular expression over lower-case addresses, built from permissions and never from client input. */
  function mailboxPattern(holderId: string, protocol: string | undefined): string {
    const sending = protocol === 'smtp' || protocol === 'submission'
    const opens = (mailboxId: string) =>
      mailboxId === holderId ||
      people.hasRight(mailboxId, holderId, 'FullAccess') ||
      (sending && people.hasRight(mailboxId, holderId, 'SendAs'))
    const addresses = people
      .listMailboxes()
      .filter(({ userId }) => opens(userId))
      .flatMap(({ userId }) => {
        const { userPrincipalName, mail } = people.getUser(userId)
        return mail === undefined ? [userPrincipalName] : [userPrincipalName, mail]
      })
    const escaped = [...new Set(addresses.map((address) => address.toLowerCase()))].map((address) =>
      address.replace(/[^a-z0-9@_-]/g, (character) => `[${character}]`),
    )
    return `^(${escaped.join('|')})$`
  }

  return { credentials, isAllowed, introspect }
}

function keptCredentials(database: Database): IntrospectionCredentials {
  const key = 'entra-id.introspection_secret'
  const kept = database.setting(key)
  const secret = kept ?? randomBytes(24).toString('base64url')
  if (kept === undefined) database.setSetting(key, secret)
  return { id: 'mail-server', secret }
}
