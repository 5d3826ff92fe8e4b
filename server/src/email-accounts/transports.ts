import { type Cloud, type CloudProvider, scopesFor, scopesMissing } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { AccessTokens, ApplicationPrincipal, ApplicationTokens, GrantSummary } from '../tokens/index.ts'
import {
  createCallBudget,
  createGraphTransport,
  directoryAddresses,
  appendSentBy,
  imapPreflight,
  type CallBudget,
  type GraphTransportOptions,
  type MailTransport,
  type PreflightLight,
} from '../transports/index.ts'
import type { CloudPrincipal, EmailAccount } from './email-account.ts'
import type { MailPasswords } from './mail-passwords.ts'
import { boundTo } from './mail-servers.ts'
import { createUserAddresses } from './user-addresses.ts'
import { createReadingByImap, type ImapDeps } from './reading-by-imap.ts'
import { createSendingBySmtp } from './sending-by-smtp.ts'

/** Which mailbox, and who opens it. */
export type AccountAccess = Pick<EmailAccount, 'address' | 'kind' | 'cloudProviderId' | 'principal'> &
  // Both by Graph when nothing is said.
  Partial<
    Pick<EmailAccount, 'id' | 'receivesBy' | 'sendsBy' | 'servers' | 'trustedAuthServId' | 'sentFolderRemoteId'>
  > & {
    /** Of a trial: it is stored nowhere, and the connections are closed by whoever tries. */
    password?: Secret
  }

/** In a cloud. */
type CloudAccess = AccountAccess & { cloudProviderId: CloudProviderId; principal: CloudPrincipal }

/** Opens mailboxes. */
export interface Transports {
  of(access: AccountAccess): Promise<MailTransport>
  /** Whether it may be sent from by Graph as well, as far as is known without asking. */
  canSendByGraph(access: AccountAccess): Promise<boolean>
  /** Addresses that the application is shown in an organization; seldom permitted. */
  addressesIn(where: Pick<ApplicationPrincipal, 'cloudProviderId' | 'tenantId'>): Promise<string[]>
}

/** Those that Microsoft counts by mailbox. */
export interface CountedTransports extends Transports {
  /** Until when Microsoft wants silence at that mailbox, as far as this process knows. */
  silentUntil(access: Pick<AccountAccess, 'cloudProviderId' | 'address'>): Date | undefined
  /** Ends every connection that is held. */
  close(): Promise<void>
}

export interface TransportsDeps {
  clock: Clock
  egress: GraphTransportOptions['egress']
  cloudProviders: { get(id: CloudProviderId): Promise<CloudProvider>; cloudOf(provider: CloudProvider): Cloud }
  grants: { get(id: GrantId): Promise<GrantSummary> }
  accessTokens: AccessTokens
  applicationTokens: Pick<ApplicationTokens, 'get' | 'discard'>
  imap: ImapDeps
  mailPasswords: Pick<MailPasswords, 'open'>
}

/** In what it finds out about senders; see `authenticationOf`. */
const MICROSOFT_NAMES_NOBODY = ''

type Opener = Required<Pick<GraphTransportOptions, 'address' | 'principal' | 'accessToken' | 'discard'>>

/**
 * Transports with the tokens of a grant, or of the application itself. The budget of calls belongs to the mailbox, and
 * so do the connections to it: whoever opens it in this process, for sync, sending or a look at an attachment, shares
 * them, because Microsoft counts them together.
 */
export function createTransports(deps: TransportsDeps): CountedTransports {
  const { clock, egress, cloudProviders, grants, accessTokens, applicationTokens, mailPasswords } = deps
  const byImap = createReadingByImap(deps)
  const bySmtp = createSendingBySmtp({ accessTokens, grants, dialGuard: deps.imap.dialGuard })
  const userAddresses = createUserAddresses(clock, addressesOfUser)
  const budgets = new Map<string, CallBudget>()
  type Budgeted = Pick<AccountAccess, 'cloudProviderId' | 'address'>
  const keyOf = ({ cloudProviderId, address }: Budgeted) => `${cloudProviderId} ${address.toLowerCase()}`

  function budgetOf(access: Budgeted): CallBudget {
    const key = keyOf(access)
    const budget = budgets.get(key) ?? createCallBudget({ clock })
    budgets.set(key, budget)
    return budget
  }

  async function of(access: AccountAccess): Promise<MailTransport> {
    const { cloudProviderId, principal } = access
    if (principal.kind === 'password' || cloudProviderId === undefined) return ofServers(access)
    return ofCloud({ ...access, cloudProviderId, principal })
  }

  function ofServers(access: AccountAccess): MailTransport {
    const { id, servers, password, trustedAuthServId, sentFolderRemoteId } = access
    if (!servers) throw new TypeError('a mailbox without a cloud and without servers')
    const shown = () => (password ? Promise.resolve(password) : mailPasswords.open(id!, servers))
    const connections = byImap.ofServers(password ? undefined : id, servers, shown)
    const pool = `${id ?? 'trial'} ${boundTo(servers)}`
    const sending = bySmtp.ofServers(pool, servers, shown, appendSentBy(connections, sentFolderRemoteId))
    return {
      async preflight() {
        const [read, sends] = await Promise.all([imapPreflight(connections), lightOf(() => sending.tryOut())])
        // What a server that lets in does with the sender shows only when something is sent.
        return { lights: [...read, { what: 'writes', outcome: 'not-tried' }, { what: 'sends', ...sends }] }
      },
      reading: byImap.reading(connections, trustedAuthServId, sentFolderRemoteId),
      sending,
    }
  }

  async function ofCloud(access: CloudAccess): Promise<MailTransport> {
    const provider = await cloudProviders.get(access.cloudProviderId)
    const cloud = cloudProviders.cloudOf(provider)
    const opened = { cloud, egress, clock, budget: budgetOf(access), parser: deps.imap.parser }
    const graph =
      access.principal.kind === 'grant'
        ? createGraphTransport({ ...opened, ...(await byGrant(access, access.principal.grantId)) })
        : createGraphTransport({ ...opened, ...byApplication(access, access.principal.tenantId) })
    const { receivesBy = 'graph', sendsBy = 'graph' } = access
    const own = await isOwn(access)
    const connections = byImap.ofCloud(access, cloud, own)
    const sending =
      sendsBy === 'graph'
        ? graph.sending
        : await bySmtp.ofCloud(access, cloud, {
            isOwn: own,
            appendSent: appendSentBy(connections, access.sentFolderRemoteId),
          })
    const { sending: drafts, ownAddresses } = graph
    const { principal } = access
    const atSender = principal.kind === 'grant' &&
      !own && { hasCopyAtSender: (messageId: string) => hasCopyWith(access, principal.grantId, messageId) }
    if (receivesBy === 'graph')
      return { preflight: () => graph.preflight(), reading: graph.reading, sending, drafts, ownAddresses, ...atSender }
    return {
      async preflight() {
        const [read, { lights }] = await Promise.all([imapPreflight(connections), graph.preflight()])
        return { lights: [...read, ...lights.filter(({ what }) => what === 'writes' || what === 'sends')] }
      },
      reading: byImap.reading(connections, MICROSOFT_NAMES_NOBODY, access.sentFolderRemoteId),
      sending,
      drafts,
      ownAddresses,
      ...atSender,
    }
  }

  /** By the road that the sign-in was given for. The person's own mailbox may be closed to us all the same. */
  async function hasCopyWith(access: CloudAccess, grantId: GrantId, messageId: string): Promise<boolean> {
    try {
      const { userName } = await grants.get(grantId)
      const { reading } = await of({ ...access, kind: 'user', address: userName, sendsBy: 'graph' })
      return (await reading.findByMessageId(messageId, 'sent')).length > 0
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.remedy === 'wait') throw error
      return false
    }
  }

  async function isOwn({
    kind,
    address,
    principal,
  }: Pick<AccountAccess, 'kind' | 'address' | 'principal'>): Promise<boolean> {
    if (kind !== 'user' || principal.kind !== 'grant') return false
    const { grantId } = principal
    return userAddresses.isOwn(grantId, (await grants.get(grantId)).userName, address)
  }

  async function byGrant(access: AccountAccess, grantId: GrantId): Promise<Opener> {
    return {
      address: (await isOwn(access)) ? 'me' : access.address,
      principal: 'person',
      ...tokensOf(grantId),
    }
  }

  function tokensOf(grantId: GrantId) {
    return handedOut(
      () => accessTokens.get(grantId, 'graph'),
      (token, claims) => accessTokens.discard(grantId, 'graph', token, claims),
    )
  }

  async function addressesOfUser(grantId: GrantId): Promise<string[]> {
    const { cloudProviderId } = await grants.get(grantId)
    const cloud = cloudProviders.cloudOf(await cloudProviders.get(cloudProviderId))
    const budget = createCallBudget({ clock })
    return createGraphTransport({ cloud, egress, clock, budget, address: 'me', ...tokensOf(grantId) }).ownAddresses()
  }

  /** Whether what the person consented to is enough for Graph. */
  async function canSendByGraph({ kind, cloudProviderId, principal }: AccountAccess): Promise<boolean> {
    if (principal.kind !== 'grant' || cloudProviderId === undefined) return principal.kind === 'application'
    const cloud = cloudProviders.cloudOf(await cloudProviders.get(cloudProviderId))
    const { scopesGranted } = await grants.get(principal.grantId)
    const wanted = scopesFor({ receives: undefined, sends: 'graph', kinds: [kind] }, cloud)
    return scopesMissing(wanted, scopesGranted).length === 0
  }

  function byApplication(
    { cloudProviderId, address }: Pick<CloudAccess, 'cloudProviderId' | 'address'>,
    tenantId: string,
  ): Opener {
    const principal: ApplicationPrincipal = { cloudProviderId, tenantId, resource: 'graph' }
    return {
      address,
      principal: 'application',
      ...handedOut(
        () => applicationTokens.get(principal),
        (token, claims) => applicationTokens.discard(principal, token, claims),
      ),
    }
  }

  async function addressesIn({
    cloudProviderId,
    tenantId,
  }: Pick<ApplicationPrincipal, 'cloudProviderId' | 'tenantId'>) {
    const { graphRoot } = cloudProviders.cloudOf(await cloudProviders.get(cloudProviderId))
    const { accessToken, discard } = byApplication({ cloudProviderId, address: '' }, tenantId)
    return directoryAddresses({ graphRoot, egress, clock, accessToken, discard, budget: createCallBudget({ clock }) })
  }

  return {
    of,
    addressesIn,
    canSendByGraph,
    silentUntil: (access) => budgets.get(keyOf(access))?.pausedUntil(),
    async close() {
      bySmtp.close()
      await byImap.close()
    },
  }
}

/** What was tried to send: to be let in is not yet to be allowed to send as the mailbox. */
async function lightOf(trial: () => Promise<void>): Promise<Omit<PreflightLight, 'what'>> {
  try {
    await trial()
    return { outcome: 'not-tried' }
  } catch (thrown) {
    const { code, message: title, fix, remedy, detail } = AppError.from(thrown)
    const outcome = remedy === 'wait' ? 'not-tried' : 'wrong'
    return { outcome, code, title, fix, ...(detail !== undefined && { detail }) }
  }
}

/** Of the tokens that were handed out only the last one is reported: an older one was replaced since. */
function handedOut<T extends { value: Secret; expiresAt: Date }>(
  get: () => Promise<T>,
  discard: (token: T, claims?: string) => Promise<void>,
): Pick<Opener, 'accessToken' | 'discard'> {
  let last: T | undefined
  return {
    accessToken: async () => (last = await get()),
    async discard(token, claims) {
      if (last?.value.equals(token.value)) await discard(last, claims)
    },
  }
}
