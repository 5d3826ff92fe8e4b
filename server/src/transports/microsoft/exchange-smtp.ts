import type { Cloud } from '../../cloud-providers/index.ts'
import type { DialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import type { GrantId } from '../../kernel/ids.ts'
import { hostAndPort } from '../../kernel/server-address.ts'
import type { AccessTokens, GrantSummary } from '../../tokens/index.ts'
import {
  createSessionPools,
  createSmtpSending,
  createTokenSource,
  LIMITS_EXCHANGE_SMTP,
  type MessageSending,
  type TokenAccess,
} from '../index.ts'
import { refuseUnfit } from './exchange-tokens.ts'

/** Exchange stores the copy of a shared mailbox after the message was delivered. */
const EXCHANGE_COPY_WITHIN_MS = 2 * 60_000

/** Sends by SMTP at Exchange Online and outlook.com. */
export function createExchangeSmtp({
  accessTokens,
  grants,
  dialGuard,
}: {
  accessTokens: AccessTokens
  grants: { get(id: GrantId): Promise<GrantSummary> }
  dialGuard: Pick<DialGuard, 'addressOf'>
}) {
  const pools = createSessionPools()

  /**
   * Users log in as themselves, also for a shared mailbox: Exchange then requires Send As, and stores the copy in the
   * Sent Items of the user unless the mailbox has MessageCopyForSentAsEnabled.
   *
   * @see docs/reference/microsoft-365.md §E.7
   */
  async function open(
    { address, principal }: Pick<TokenAccess, 'address' | 'principal'>,
    cloud: Cloud,
    { isOwn, appendSent }: { isOwn: boolean; appendSent: MessageSending['appendSent'] },
  ): Promise<MessageSending> {
    if (principal.kind !== 'grant') throw new AppError('email_accounts.protocol_needs_person')
    const { grantId } = principal
    const { userName, isPersonal } = await grants.get(grantId)
    const server = (isPersonal ? cloud.personalSmtp : undefined) ?? cloud.smtp
    return createSmtpSending({
      server: { ...server, ca: cloud.ca === undefined ? [] : [cloud.ca] },
      login: { by: 'token', userName: isOwn ? address : userName, ...tokensOfGrant(grantId, cloud) },
      dialGuard,
      pool: pools.named(`${hostAndPort(server)} ${userName.toLowerCase()}`),
      limits: LIMITS_EXCHANGE_SMTP,
      sentCopy: isOwn ? 'by-server' : 'perhaps-by-server',
      copyWithinMs: EXCHANGE_COPY_WITHIN_MS,
      appendSent,
    })
  }

  function tokensOfGrant(grantId: GrantId, cloud: Cloud) {
    return createTokenSource(
      async () => {
        const token = await accessTokens.get(grantId, 'exchange')
        refuseUnfit(token, cloud, 'SMTP.Send')
        return token
      },
      (token) => accessTokens.discard(grantId, 'exchange', token),
    )
  }

  return { open, close: () => pools.close() }
}
