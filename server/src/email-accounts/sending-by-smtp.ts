/** Who sends for which mailbox by SMTP, and the connections that this process keeps for it. */
import type { Cloud } from '../cloud-providers/index.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { hostAndPort } from '../kernel/server-address.ts'
import type { AccessTokens, GrantSummary } from '../tokens/index.ts'
import {
  createSessionPool,
  createSmtpSending,
  LIMITS_EXCHANGE_SMTP,
  LIMITS_SMTP,
  type MessageSending,
  type SessionPool,
} from '../transports/index.ts'
import type { CloudPrincipal } from './email-account.ts'
import { refuseUnfit } from './exchange-tokens.ts'
import type { MailServers } from './mail-servers.ts'

/** Exchange stores the copy of a shared mailbox after the message was delivered. */
const EXCHANGE_COPY_WITHIN_MS = 2 * 60_000

interface Access {
  address: string
  principal: CloudPrincipal
}

export function createSendingBySmtp({
  accessTokens,
  grants,
  dialGuard,
}: {
  accessTokens: AccessTokens
  grants: { get(id: GrantSummary['id']): Promise<GrantSummary> }
  dialGuard: Pick<DialGuard, 'addressOf'>
}) {
  const pools = new Map<string, SessionPool>()

  function poolOf(key: string): SessionPool {
    const pool = pools.get(key) ?? createSessionPool()
    pools.set(key, pool)
    return pool
  }

  /**
   * A person sends as themselves, also for a shared mailbox: there Exchange asks for Send As, and lays its copy into the
   * Sent Items of the person unless the mailbox is told to keep one (MessageCopyForSentAsEnabled). So that is where a
   * message shows itself of which nobody heard what became.
   *
   * @see docs/reference/microsoft-365.md §E.7
   */
  async function ofCloud(
    { address, principal }: Access,
    cloud: Cloud,
    { isOwn, appendSent }: { isOwn: boolean; appendSent: MessageSending['appendSent'] },
  ): Promise<MessageSending> {
    if (principal.kind !== 'grant') throw new AppError('email_accounts.road_needs_person')
    const { grantId } = principal
    const { userName, isPersonal } = await grants.get(grantId)
    const server = (isPersonal ? cloud.personalSmtp : undefined) ?? cloud.smtp
    return createSmtpSending({
      server: { ...server, ca: cloud.ca === undefined ? [] : [cloud.ca] },
      login: {
        by: 'token',
        userName: isOwn ? address : userName,
        async accessToken() {
          const token = await accessTokens.get(grantId, 'exchange')
          refuseUnfit(token, cloud, 'SMTP.Send')
          return token
        },
        discard: (token) => accessTokens.discard(grantId, 'exchange', { ...token, resource: 'exchange', scope: [] }),
      },
      dialGuard,
      pool: poolOf(`${hostAndPort(server)} ${userName.toLowerCase()}`),
      limits: LIMITS_EXCHANGE_SMTP,
      sentCopy: isOwn ? 'by-server' : 'perhaps-by-server',
      copyWithinMs: EXCHANGE_COPY_WITHIN_MS,
      appendSent,
    })
  }

  /** With a password; `name` tells the mailbox. */
  function ofServers(
    name: string,
    { smtp, userName, ca }: MailServers,
    password: () => Promise<Secret>,
    appendSent: MessageSending['appendSent'],
  ): MessageSending {
    return createSmtpSending({
      server: { ...smtp, ca: ca === undefined ? [] : [ca] },
      login: { by: 'password', userName, password },
      dialGuard,
      pool: poolOf(name),
      limits: LIMITS_SMTP,
      appendSent,
    })
  }

  return {
    ofCloud,
    ofServers,
    close(): void {
      for (const pool of pools.values()) pool.close()
      pools.clear()
    },
  }
}
