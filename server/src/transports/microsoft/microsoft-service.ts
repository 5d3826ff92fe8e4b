import {
  type Cloud,
  type CloudProvider,
  scopesFor,
  scopesForChanges,
  scopesMissing,
} from '../../cloud-providers/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import type { AccessTokens, ApplicationPrincipal, ApplicationTokens, GrantSummary } from '../../tokens/index.ts'
import {
  appendSentBy,
  type CallBudget,
  createCallBudget,
  createGraphTransport,
  createTokenSource,
  directoryAddresses,
  directoryUsers,
  type GraphTransport,
  type GraphTransportOptions,
  type ImapOptions,
  imapPreflight,
  type MailService,
  type MailTransport,
  type TokenAccess,
} from '../index.ts'
import { createExchangeImap } from './exchange-imap.ts'
import { createExchangeSmtp } from './exchange-smtp.ts'
import { createUserAddresses } from './user-addresses.ts'

export interface MicrosoftServiceDeps {
  clock: Clock
  egress: GraphTransportOptions['egress']
  cloudProviders: { get(id: CloudProviderId): Promise<CloudProvider>; cloudOf(provider: CloudProvider): Cloud }
  grants: { get(id: GrantId): Promise<GrantSummary> }
  accessTokens: AccessTokens
  applicationTokens: Pick<ApplicationTokens, 'get' | 'discard'>
  imap: ImapOptions
}

type GraphPrincipal = Required<Pick<GraphTransportOptions, 'address' | 'principal' | 'accessToken' | 'discard'>>
type Mailbox = Pick<TokenAccess, 'cloudProviderId' | 'address'>

/**
 * Microsoft 365 and outlook.com: mailboxes by Graph, and by IMAP and SMTP at Exchange where chosen.
 *
 * One call budget and one set of connections per mailbox, shared by sync, sending and attachment downloads, because
 * Microsoft counts them together.
 */
export function createMicrosoftService(deps: MicrosoftServiceDeps): MailService {
  const { clock, egress, cloudProviders, grants, accessTokens, applicationTokens, imap } = deps
  const exchangeImap = createExchangeImap(deps)
  const exchangeSmtp = createExchangeSmtp({ accessTokens, grants, dialGuard: imap.dialGuard })
  const userAddresses = createUserAddresses(clock, async (grantId) => {
    const cloud = await cloudOf((await grants.get(grantId)).cloudProviderId)
    const budget = createCallBudget({ clock })
    return createGraphTransport({
      cloud,
      egress,
      clock,
      budget,
      address: 'me',
      ...tokensOfGrant(grantId),
    }).ownAddresses()
  })
  const budgets = new Map<string, CallBudget>()
  const budgetKey = ({ cloudProviderId, address }: Mailbox) => `${cloudProviderId} ${address.toLowerCase()}`

  function budgetOf(mailbox: Mailbox): CallBudget {
    const key = budgetKey(mailbox)
    const budget = budgets.get(key) ?? createCallBudget({ clock })
    budgets.set(key, budget)
    return budget
  }

  const cloudOf = async (id: CloudProviderId): Promise<Cloud> => cloudProviders.cloudOf(await cloudProviders.get(id))

  async function open(access: TokenAccess): Promise<MailTransport> {
    const { principal, sentFolderRemoteId, receivesBy = 'graph', sendsBy = 'graph' } = access
    const cloud = await cloudOf(access.cloudProviderId)
    const isOwn = await isOwnMailbox(access)
    const graph = openGraph(access, cloud, isOwn)
    const connections = exchangeImap.openConnections(access, cloud, isOwn)
    const appendSent = appendSentBy(connections, sentFolderRemoteId)
    const sending = sendsBy === 'graph' ? graph.sending : await exchangeSmtp.open(access, cloud, { isOwn, appendSent })
    const opened = {
      sending,
      drafts: graph.sending,
      ownAddresses: graph.ownAddresses,
      ...(principal.kind === 'grant' &&
        !isOwn && { hasCopyAtSender: (messageId: string) => hasCopyAtSender(access, principal.grantId, messageId) }),
    }
    if (receivesBy === 'graph') return { preflight: () => graph.preflight(), reading: graph.reading, ...opened }
    return {
      async preflight() {
        const [read, { checks }] = await Promise.all([imapPreflight(connections), graph.preflight()])
        return { checks: [...read, ...checks.filter(({ what }) => what === 'writes' || what === 'sends')] }
      },
      reading: exchangeImap.reading(connections, sentFolderRemoteId),
      ...opened,
    }
  }

  function openGraph(access: TokenAccess, cloud: Cloud, isOwn: boolean): GraphTransport {
    const { address, principal } = access
    const by: GraphPrincipal =
      principal.kind === 'grant'
        ? { address: isOwn ? 'me' : address, principal: 'person', ...tokensOfGrant(principal.grantId) }
        : { address, principal: 'application', ...tokensOfApplication({ ...access, ...principal }) }
    return createGraphTransport({ cloud, egress, clock, budget: budgetOf(access), parser: imap.parser, ...by })
  }

  function tokensOfGrant(grantId: GrantId) {
    return createTokenSource(
      () => accessTokens.get(grantId, 'graph'),
      (token, claims) => accessTokens.discard(grantId, 'graph', token, claims),
    )
  }

  function tokensOfApplication({ cloudProviderId, tenantId }: Omit<ApplicationPrincipal, 'resource'>) {
    const application: ApplicationPrincipal = { cloudProviderId, tenantId, resource: 'graph' }
    return createTokenSource(
      () => applicationTokens.get(application),
      (token, claims) => applicationTokens.discard(application, token, claims),
    )
  }

  /** Looks in the sender's own Sent Items, by the protocol of the account. False when that mailbox denies access. */
  async function hasCopyAtSender(access: TokenAccess, grantId: GrantId, messageId: string): Promise<boolean> {
    try {
      const { userName } = await grants.get(grantId)
      const { reading } = await open({ ...access, kind: 'user', address: userName, sendsBy: 'graph' })
      return (await reading.findByMessageId(messageId, 'sent')).length > 0
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.remedy === 'wait') throw error
      return false
    }
  }

  async function isOwnMailbox({ kind, address, principal }: TokenAccess): Promise<boolean> {
    if (kind !== 'user' || principal.kind !== 'grant') return false
    const { grantId } = principal
    return userAddresses.isOwn(grantId, (await grants.get(grantId)).userName, address)
  }

  return {
    open,
    async canSendBy({ kind, cloudProviderId, principal }, sends) {
      if (principal.kind !== 'grant') return sends === 'graph'
      const { scopesGranted } = await grants.get(principal.grantId)
      const wanted = scopesFor({ receives: undefined, sends, kinds: [kind] }, await cloudOf(cloudProviderId))
      return scopesMissing(wanted, scopesGranted).length === 0
    },
    async canChange({ kind, cloudProviderId, principal, receivesBy = 'graph' }) {
      // IMAP has one permission for everything, and the application sends by Graph, which includes changes.
      if (principal.kind !== 'grant' || receivesBy === 'imap') return true
      const { scopesGranted } = await grants.get(principal.grantId)
      const wanted = scopesForChanges(kind, await cloudOf(cloudProviderId))
      return scopesMissing(wanted, scopesGranted).length === 0
    },
    async addressesIn({ cloudProviderId, tenantId }) {
      const { graphRoot } = await cloudOf(cloudProviderId)
      const tokens = tokensOfApplication({ cloudProviderId, tenantId })
      return directoryAddresses({ graphRoot, egress, clock, ...tokens, budget: createCallBudget({ clock }) })
    },
    async usersIn({ cloudProviderId, tenantId }, wanted) {
      const { graphRoot } = await cloudOf(cloudProviderId)
      const application: ApplicationPrincipal = { cloudProviderId, tenantId, resource: 'graph' }
      const tokens = tokensOfApplication(application)
      const read = () =>
        directoryUsers({ graphRoot, egress, clock, ...tokens, budget: createCallBudget({ clock }) }, wanted)
      try {
        // A token names the permissions of its time, so one from before a consent is replaced once.
        return await read().catch(async (error: unknown) => {
          if (!isDenied(error)) throw error
          await applicationTokens.discard(application, await applicationTokens.get(application))
          return read()
        })
      } catch (error) {
        throw isDenied(error) ? new AppError('cloud_providers.users_denied', { cause: error }) : error
      }
    },
    pausedUntil: (mailbox) => budgets.get(budgetKey(mailbox))?.pausedUntil(),
    async close() {
      exchangeSmtp.close()
      await exchangeImap.close()
    },
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof AppError && error.code === 'transports.application_denied'
}
