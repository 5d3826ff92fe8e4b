import { IMAP_ROLE, type Cloud } from '../../cloud-providers/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { GrantId } from '../../kernel/ids.ts'
import { hostAndPort } from '../../kernel/server-address.ts'
import type { AccessTokens, ApplicationTokens } from '../../tokens/index.ts'
import {
  createConnectionRegistry,
  createImapReading,
  createTokenSource,
  type ImapLogin,
  type ImapOptions,
  type MailboxConnections,
  type ReadingTransport,
  type TokenAccess,
} from '../index.ts'
import { hasRole, refuseUnfit } from './exchange-tokens.ts'

/** Exchange adds no `Authentication-Results` of a named server (RFC 8601); see `authenticationOf`. */
const NO_AUTH_SERV_ID = ''

/** Opens mailboxes by IMAP at Exchange Online and outlook.com. */
export function createExchangeImap({
  clock,
  accessTokens,
  applicationTokens,
  imap,
}: {
  clock: Clock
  accessTokens: AccessTokens
  applicationTokens: Pick<ApplicationTokens, 'get' | 'discard'>
  imap: ImapOptions
}) {
  const registry = createConnectionRegistry({ clock, imap })

  /**
   * One set of connections per mailbox and principal, so that the daily check of a backup sign-in leaves those of the
   * principal open.
   *
   * @param isOwn the mailbox belongs to the user who signed in
   */
  function openConnections(access: TokenAccess, cloud: Cloud, isOwn: boolean): MailboxConnections {
    const { address, cloudProviderId, principal } = access
    const principalName = principal.kind === 'grant' ? principal.grantId : `application ${principal.tenantId}`
    const settings = `${hostAndPort(cloud.imap)} ${cloud.imap.tls} ${isOwn}`
    const server = { ...cloud.imap, ca: cloud.ca === undefined ? undefined : [cloud.ca] }
    const login: ImapLogin = {
      by: 'token',
      userName: address,
      principalKind: principal.kind === 'application' ? 'application' : isOwn ? 'owner' : 'delegate',
      ...(principal.kind === 'grant'
        ? tokensOfGrant(principal.grantId, cloud)
        : tokensOfApplication(access, principal.tenantId, cloud)),
    }
    return registry.open(`${cloudProviderId} ${address.toLowerCase()} ${principalName}`, settings, { server, login })
  }

  function tokensOfGrant(grantId: GrantId, cloud: Cloud) {
    return createTokenSource(
      async () => {
        const token = await accessTokens.get(grantId, 'exchange')
        refuseUnfit(token, cloud, 'IMAP.AccessAsUser.All')
        return token
      },
      (token) => accessTokens.discard(grantId, 'exchange', token),
    )
  }

  function tokensOfApplication({ cloudProviderId }: TokenAccess, tenantId: string, cloud: Cloud) {
    const application = { cloudProviderId, tenantId, resource: 'exchange' } as const
    return createTokenSource(
      async () => {
        let token = await applicationTokens.get(application)
        if (hasRole(token.value, IMAP_ROLE) === false) {
          // An admin may have assigned the role after this token was issued, and it stays valid for another hour.
          await applicationTokens.discard(application, token)
          token = await applicationTokens.get(application)
          if (hasRole(token.value, IMAP_ROLE) === false) throw new AppError('transports.imap_role_missing')
        }
        refuseUnfit(token, cloud, undefined)
        return token
      },
      (token) => applicationTokens.discard(application, token),
    )
  }

  function reading(connections: MailboxConnections, sentFolder: string | undefined): ReadingTransport {
    const hints = { trustedAuthServId: NO_AUTH_SERV_ID }
    return createImapReading({ connections, clock, parser: imap.parser, hints, sentFolder })
  }

  return { openConnections, reading, close: () => registry.close() }
}
