import type { AuditLog } from '../audit/index.ts'
import type { CloudProviders } from '../cloud-providers/index.ts'
import type { Database } from '../database/index.ts'
import {
  createPreflights,
  createPrincipalResolver,
  createPrincipalStore,
  type EmailAccount,
  type EmailAccounts,
  type Preflight,
  type RequestedApplication,
  type SyncStates,
} from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId, PrincipalRequestId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { AccessToTry, GrantSummary, PrincipalRequest, PrincipalRequests, SignInHook } from '../tokens/index.ts'
import { isSamePrincipal, type MailTransport, type Transports } from '../transports/index.ts'
import { createBackupChecks } from './backup-checks.ts'
import { createBackupSignIns } from './backup-sign-ins.ts'
import { type Dependents, findDependents } from './dependents.ts'
import { createPrincipalChange, requireReadable } from './principal-change.ts'
import { createPrincipalRequests } from './principal-requests.ts'

/** Interval of rounds in milliseconds; each check has its own due time. */
const CHECK_EVERY_MS = 60_000
/** Time limit of one round in milliseconds; each request in it has its own limit. */
const DEADLINE_MS = 10 * 60_000

export interface Principals {
  /**
   * Replaces the principal by another grant of the same cloud provider, or by its application, after a successful
   * preflight. Without a tenant, the application opens the mailbox in the organization of the previous principal.
   *
   * @throws {AppError} `email_accounts.other_cloud_provider`, `email_accounts.cannot_be_opened`,
   *   `email_accounts.application_cannot_open`
   */
  choose(id: EmailAccountId, requested: ChosenPrincipal, actor: string): Promise<EmailAccount>

  /** Requests by other users to open the mailbox. */
  requests(id: EmailAccountId): Promise<PrincipalRequest[]>
  /** Runs the preflight as the requesting user. Changes nothing. */
  tryRequest(id: EmailAccountId, requestId: PrincipalRequestId): Promise<Preflight>
  /** Repeats the preflight, then stores the sign-in and makes its grant the principal. */
  acceptRequest(id: EmailAccountId, requestId: PrincipalRequestId, actor: string): Promise<EmailAccount>
  dismissRequest(id: EmailAccountId, requestId: PrincipalRequestId, actor: string): Promise<void>

  /** Sets a backup sign-in after a successful preflight. It takes over at once if the principal has already ended. */
  chooseBackup(id: EmailAccountId, grantId: GrantId, actor: string): Promise<EmailAccount>
  removeBackup(id: EmailAccountId, actor: string): Promise<EmailAccount>
  checkBackup(id: EmailAccountId): Promise<EmailAccount>
  /** Makes an active backup the principal. */
  promoteBackup(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Runs due checks after a sign-in and of backup sign-ins, and deletes expired requests. */
  checkDue(): Promise<void>
  /** Starts a ticker that runs due work every minute. */
  start(): void
  stop(): Promise<void>

  /** Email accounts that depend on a grant, and the effect of its removal on each. */
  dependentsOf(grantId: GrantId): Promise<Dependents>
}

export type ChosenPrincipal = { grantId: GrantId } | { application: Pick<RequestedApplication, 'tenantId'> }

export interface PrincipalsDeps {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  transports: Pick<Transports, 'open'>
  grants: { get(id: GrantId): Promise<GrantSummary> }
  cloudProviders: Pick<CloudProviders, 'get'>
  principalRequests: PrincipalRequests
  /** `createTokenTransport` of the mail service. */
  openWithToken: (access: AccessToTry) => Promise<MailTransport>
  emailAccounts: EmailAccounts
  syncStates: SyncStates
  log: Log
  /** `TokenRoom.onSignIn`. */
  onSignIn: (hook: SignInHook) => void
}

export function createPrincipals(deps: PrincipalsDeps): Principals {
  const { database, emailAccounts, grants, principalRequests } = deps
  const store = createPrincipalStore(deps)
  const preflights = createPreflights(deps)
  const changePrincipal = createPrincipalChange({ ...deps, store })
  const resolver = createPrincipalResolver({
    cloudProviders: deps.cloudProviders,
    cloudProviderOf: async (grantId) => (await grants.get(grantId)).cloudProviderId,
  })
  const parts = { ...deps, store, preflights, changePrincipal }
  const backups = createBackupSignIns(parts)
  const backupChecks = createBackupChecks({ ...parts, backups })
  const requests = createPrincipalRequests(parts)
  emailAccounts.onSignInLost((tx, id) => backups.takeOver(tx, id))
  deps.onSignIn({
    async inTransaction(tx, grant) {
      await store.holdByGrant(tx, grant.id)
      await emailAccounts.grantRenewed(tx, grant.id)
      await backupChecks.grantRenewed(tx, grant)
    },
    afterCommit: runChecks,
  })

  /** Limited to one grant after its sign-in, because the user waits for the result. */
  async function runChecks(grantId?: GrantId): Promise<void> {
    await emailAccounts.checkDue(grantId)
    await backupChecks.checkDue(grantId)
  }

  async function checkDue(): Promise<void> {
    await runChecks()
    await principalRequests.forgetOver()
  }

  const ticker = createTicker({
    name: 'email-accounts.backup-sign-ins',
    clock: deps.clock,
    everyMs: CHECK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: checkDue,
    onError: (err) => deps.log.warn({ err }, 'Due checks of mailboxes failed'),
  })

  async function choose(id: EmailAccountId, requested: ChosenPrincipal, actor: string): Promise<EmailAccount> {
    const account = await emailAccounts.get(id)
    const { principal: to, cloudProviderId } = await resolver.resolve(await withProvider(account, requested))
    if (cloudProviderId !== account.cloudProviderId) throw new AppError('email_accounts.other_cloud_provider')
    requireReadable(await preflights.run({ ...account, principal: to }), to.kind)
    await database.transaction(async (tx) => {
      const held = await store.hold(tx, id)
      if (isSamePrincipal(held.principal, to) && !held.backupSignIn?.insteadOf) return
      await changePrincipal(tx, held, { to, why: 'chosen', actor })
    })
    return emailAccounts.checkAgain(id)
  }

  async function withProvider({ cloudProviderId, principal }: EmailAccount, requested: ChosenPrincipal) {
    if ('grantId' in requested) return requested
    if (principal.kind === 'password' || cloudProviderId === undefined) {
      throw new AppError('email_accounts.other_cloud_provider')
    }
    const before = principal.kind === 'grant' ? await grants.get(principal.grantId) : principal
    return { applicationOf: { cloudProviderId, tenantId: requested.application.tenantId ?? before.tenantId } }
  }

  return {
    choose,
    requests: (id) => principalRequests.list(id),
    tryRequest: requests.tryOut,
    acceptRequest: async (id, requestId, actor) => {
      await requests.accept(id, requestId, actor)
      return emailAccounts.checkAgain(id)
    },
    dismissRequest: requests.dismiss,
    chooseBackup: backups.choose,
    removeBackup: backups.remove,
    checkBackup: backupChecks.check,
    promoteBackup: backups.promote,
    checkDue,
    start: () => ticker.start(),
    stop: () => ticker.stop(),
    dependentsOf: async (grantId) => findDependents(await grants.get(grantId), await emailAccounts.list()),
  }
}
