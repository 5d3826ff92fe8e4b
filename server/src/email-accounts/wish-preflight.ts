import { AppError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CloudProviders } from '../cloud-providers/index.ts'
import type { AccessToTry, PrincipalWish, PrincipalWishes } from '../tokens/index.ts'
import type { MailTransport } from '../transports/index.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import { createPreflights } from './preflights.ts'

/** Capabilities of a mailbox as a user whose sign-in awaits an admin's decision. */
export function createWishPreflight({
  clock,
  cloudProviders,
  wishes,
  openWithToken,
}: {
  clock: Clock
  cloudProviders: Pick<CloudProviders, 'get'>
  wishes: Pick<PrincipalWishes, 'accessToken'>
  /** `createTokenTransport` of the mail service. */
  openWithToken: (access: AccessToTry) => Promise<MailTransport>
}) {
  return async (account: EmailAccount, { id, userName }: PrincipalWish): Promise<Preflight> => {
    const { address, cloudProviderId } = account
    const open = async (): Promise<MailTransport> => {
      if (cloudProviderId === undefined) throw new AppError('email_accounts.other_cloud_provider')
      const provider = await cloudProviders.get(cloudProviderId)
      return openWithToken({ provider, userName, address, accessToken: await wishes.accessToken(id) })
    }
    return createPreflights({ clock, transports: { open } }).run(account)
  }
}
