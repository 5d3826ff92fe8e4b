import type { CloudProviders } from '../cloud-providers/index.ts'
import {
  createPreflights,
  type EmailAccount,
  type EmailAccounts,
  type Preflight,
  type PrincipalStore,
} from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, PrincipalRequestId } from '../kernel/ids.ts'
import type { AccessToTry, PrincipalRequest, PrincipalRequests } from '../tokens/index.ts'
import type { MailTransport } from '../transports/index.ts'
import { type ChangePrincipal, requireReadable } from './principal-change.ts'

interface PrincipalRequestsDeps {
  clock: Clock
  cloudProviders: Pick<CloudProviders, 'get'>
  principalRequests: PrincipalRequests
  openWithToken: (access: AccessToTry) => Promise<MailTransport>
  emailAccounts: Pick<EmailAccounts, 'get'>
  store: Pick<PrincipalStore, 'hold'>
  changePrincipal: ChangePrincipal
}

/**
 * Requests by signed-in users for a mailbox that another principal opens. An admin checks, accepts or dismisses each.
 */
export function createPrincipalRequests(deps: PrincipalRequestsDeps) {
  const { clock, cloudProviders, principalRequests, openWithToken, emailAccounts, store, changePrincipal } = deps

  /**
   * Returns a request for an account.
   *
   * @throws {AppError} `tokens.principal_request_not_found` also for a request to another account
   */
  async function requestFor(id: EmailAccountId, requestId: PrincipalRequestId): Promise<PrincipalRequest> {
    const request = await principalRequests.get(requestId)
    if (request.emailAccountId !== id) throw new AppError('tokens.principal_request_not_found')
    return request
  }

  async function tryOut(id: EmailAccountId, requestId: PrincipalRequestId): Promise<Preflight> {
    const request = await requestFor(id, requestId)
    const account = await emailAccounts.get(id)
    return createPreflights({ clock, transports: { open: () => openAs(request, account) } }).run(account)
  }

  async function openAs({ id, userName }: PrincipalRequest, account: EmailAccount): Promise<MailTransport> {
    const { address, cloudProviderId } = account
    if (cloudProviderId === undefined) throw new AppError('email_accounts.other_cloud_provider')
    const provider = await cloudProviders.get(cloudProviderId)
    return openWithToken({ provider, userName, address, accessToken: await principalRequests.accessToken(id) })
  }

  async function accept(id: EmailAccountId, requestId: PrincipalRequestId, actor: string): Promise<void> {
    const user = await requestFor(id, requestId)
    requireReadable(await tryOut(id, requestId))
    await principalRequests.accept(requestId, async (tx, { id: grantId }) => {
      const account = await store.hold(tx, id)
      await changePrincipal(tx, account, { to: { kind: 'grant', grantId }, user, why: 'request-accepted', actor })
    })
  }

  async function dismiss(id: EmailAccountId, requestId: PrincipalRequestId, actor: string): Promise<void> {
    await requestFor(id, requestId)
    await principalRequests.dismiss(requestId, actor)
  }

  return { tryOut, accept, dismiss }
}
