import type { Cloud, CloudProvider } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { CloudProviderId } from '../kernel/ids.ts'
import type { AccessToken, AccessTrial, PrincipalWish, PrincipalWishes } from '../tokens/index.ts'
import {
  createCallBudget,
  createGraphTransport,
  type GraphTransportOptions,
  type MailTransport,
  type PreflightLight,
} from '../transports/index.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import { createOwnershipCheck } from './user-addresses.ts'
import { createPreflights } from './preflights.ts'

/** What a person who has no rights meets. Everything else says nothing about this person. */
const CLOSED: readonly (string | undefined)[] = [
  'transports.access_denied',
  'transports.mailbox_not_found',
  'transports.mailbox_not_enabled',
]

export interface AccessTrialDeps {
  clock: Clock
  egress: GraphTransportOptions['egress']
  cloudProviders: { get(id: CloudProviderId): Promise<CloudProvider>; cloudOf(provider: CloudProvider): Cloud }
}

/** Whether somebody who just signed in can read a mailbox, before anything of them is kept. Leaves no trace in it. */
export function createAccessTrial(deps: AccessTrialDeps): AccessTrial {
  const isOwnAddress = createOwnershipCheck(deps)
  return async ({ provider, userName, address, accessToken }) => {
    const isOwn = await isOwnAddress({ provider, userName, address, accessToken })
    const { lights } = await transportOf(deps, { provider, isOwn, address, accessToken }).preflight()
    const error =
      errorOf(lights.find(({ what }) => what === 'reads')) ?? errorOf(lights.find(({ what }) => what === 'exists'))
    if (error === undefined || CLOSED.includes(error.code)) return error
    throw error
  }
}

/** What somebody could do at a mailbox whose sign-in waits for an admin's decision. */
export function createWishPreflight(deps: AccessTrialDeps & { wishes: PrincipalWishes }) {
  const isOwnAddress = createOwnershipCheck(deps)
  return async (account: EmailAccount, wish: PrincipalWish): Promise<Preflight> => {
    const { clock, cloudProviders, wishes } = deps
    const { userName } = wish
    const { address } = account
    const of = async (): Promise<MailTransport> => {
      if (account.cloudProviderId === undefined) throw new AppError('email_accounts.other_cloud_provider')
      const provider = await cloudProviders.get(account.cloudProviderId)
      const accessToken = await wishes.accessToken(wish.id)
      const isOwn = await isOwnAddress({ provider, userName, address, accessToken })
      return transportOf(deps, { provider, isOwn, address, accessToken })
    }
    return createPreflights({ clock, transports: { of } }).run(account)
  }
}

function transportOf(
  { clock, egress, cloudProviders }: AccessTrialDeps,
  mail: { provider: CloudProvider; isOwn: boolean; address: string; accessToken: AccessToken },
): MailTransport {
  return createGraphTransport({
    cloud: cloudProviders.cloudOf(mail.provider),
    egress,
    clock,
    accessToken: () => Promise.resolve(mail.accessToken),
    discard: () => Promise.resolve(),
    address: mail.isOwn ? 'me' : mail.address,
    budget: createCallBudget({ clock }),
  })
}

function errorOf(light: PreflightLight | undefined): AppError | undefined {
  return light?.code === undefined ? undefined : new AppError(light.code as ErrorCode)
}
