/**
 * Who opens which mailbox by IMAP, and the connections that this process holds to each: sync, sending and a look at an
 * attachment share them, because servers count them together.
 */
import { IMAP_ROLE, type Cloud } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { hostAndPort } from '../kernel/server-address.ts'
import type { AccessTokens, ApplicationTokens } from '../tokens/index.ts'
import {
  createImapReading,
  createMailboxConnections,
  type ImapLogin,
  type GraphTransportOptions,
  type ImapReadingOptions,
  type ImapServer,
  type MailboxConnections,
} from '../transports/index.ts'
import type { CloudPrincipal } from './email-account.ts'
import { hasRole, refuseUnfit } from './exchange-tokens.ts'
import { boundTo, type MailServers } from './mail-servers.ts'

/** For somebody who waits at a screen. */
const TRIAL_MS = 20_000

export interface ImapDeps {
  /** Also reads what Graph gives. */
  parser: ImapReadingOptions['parser'] & NonNullable<GraphTransportOptions['parser']>
  dialGuard: Pick<DialGuard, 'addressOf'>
  /** DEFLATE (RFC 4978) where the server offers it. */
  compression?: boolean
}

interface Access {
  address: string
  cloudProviderId: CloudProviderId
  principal: CloudPrincipal
}

/** What was opened, and how: in another way it is opened anew, and what was open before is of no use. */
interface Open {
  by: string
  connections: MailboxConnections
}

export function createReadingByImap(deps: {
  clock: Clock
  accessTokens: AccessTokens
  applicationTokens: Pick<ApplicationTokens, 'get' | 'discard'>
  imap: ImapDeps
}) {
  const { clock, accessTokens, applicationTokens, imap } = deps
  const open = new Map<string, Open>()

  function connectionsOf(name: string, by: string, server: ImapServer, login: () => ImapLogin): MailboxConnections {
    const before = open.get(name)
    if (before?.by === by) return before.connections
    void before?.connections.close()
    const { dialGuard, compression } = imap
    const connections = createMailboxConnections({ server, login: login(), dialGuard, clock, compression })
    open.set(name, { by, connections })
    return connections
  }

  /** `isOwn`: the mailbox of the person who signed in. */
  function ofCloud(access: Access, cloud: Cloud, isOwn: boolean): MailboxConnections {
    const { address, cloudProviderId, principal } = access
    const opener = principal.kind === 'grant' ? principal.grantId : `application ${principal.tenantId}`
    // Each opener for themselves: once a day it is looked whether a stand-by still could, and the first goes on meanwhile.
    const name = `${cloudProviderId} ${address.toLowerCase()} ${opener}`
    const by = `${hostAndPort(cloud.imap)} ${cloud.imap.tls} ${isOwn}`
    const server = { ...cloud.imap, ca: cloud.ca === undefined ? undefined : [cloud.ca] }
    return connectionsOf(name, by, server, () => ({
      by: 'token',
      userName: address,
      opener: principal.kind === 'application' ? 'application' : isOwn ? 'owner' : 'delegate',
      ...(principal.kind === 'grant'
        ? byGrant(principal.grantId, cloud)
        : byApplication(access, principal.tenantId, cloud)),
    }))
  }

  /** With a password. Without a name they are of a trial: kept by nobody, and closed by whoever tries. */
  function ofServers(
    name: string | undefined,
    servers: MailServers,
    password: () => Promise<Secret>,
  ): MailboxConnections {
    const { userName, ca } = servers
    const server = { ...servers.imap, ca: ca === undefined ? undefined : [ca] }
    const login = { by: 'password', userName, password } as const
    if (name !== undefined) return connectionsOf(name, boundTo(servers), server, () => login)
    const { dialGuard } = imap
    return createMailboxConnections({ server, login, dialGuard, clock, deadlines: { openMs: TRIAL_MS } })
  }

  type HandingOut = Pick<Extract<ImapLogin, { by: 'token' }>, 'accessToken' | 'discard'>

  function byGrant(grantId: GrantId, cloud: Cloud): HandingOut {
    return handedOut(
      async () => {
        const token = await accessTokens.get(grantId, 'exchange')
        refuseUnfit(token, cloud, 'IMAP.AccessAsUser.All')
        return token
      },
      (token) => accessTokens.discard(grantId, 'exchange', token),
    )
  }

  function byApplication({ cloudProviderId }: Access, tenantId: string, cloud: Cloud): HandingOut {
    const principal = { cloudProviderId, tenantId, resource: 'exchange' } as const
    return handedOut(
      async () => {
        let token = await applicationTokens.get(principal)
        if (hasRole(token.value, IMAP_ROLE) === false) {
          // An admin may have given the role since this one was issued, and it would be good for another hour.
          await applicationTokens.discard(principal, token)
          token = await applicationTokens.get(principal)
          if (hasRole(token.value, IMAP_ROLE) === false) throw new AppError('transports.imap_role_missing')
        }
        refuseUnfit(token, cloud, undefined)
        return token
      },
      (token) => applicationTokens.discard(principal, token),
    )
  }

  return {
    ofCloud,
    ofServers,
    /**
     * @param trustedAuthServId  server whose results about senders count
     * @param sentFolder  chosen by an admin
     */
    reading: (connections: MailboxConnections, trustedAuthServId: string | undefined, sentFolder?: string) =>
      createImapReading({ connections, clock, parser: imap.parser, hints: { trustedAuthServId }, sentFolder }),
    async close(): Promise<void> {
      await Promise.all([...open.values()].map(({ connections }) => connections.close()))
      open.clear()
    },
  }
}

/** Of the tokens that were handed out only the last one is reported: an older one was replaced since. */
function handedOut<T extends { value: { equals(other: T['value']): boolean }; expiresAt: Date }>(
  get: () => Promise<T>,
  discard: (token: T) => Promise<void>,
) {
  let last: T | undefined
  return {
    accessToken: async () => (last = await get()),
    async discard(token: { value: T['value'] }) {
      if (last?.value.equals(token.value)) await discard(last)
    },
  }
}
