import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId, PrincipalWishId } from '../kernel/ids.ts'
import type { GrantSummary, PrincipalWish, PrincipalWishes } from '../tokens/index.ts'
import { createAccountChanges } from './account-changes.ts'
import { type Dependents, dependentsOf } from './dependents.ts'
import type { AuditLog, EmailAccountsDeps } from './deps.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import type { EmailAccounts } from './email-accounts.ts'
import { createLifecycle } from './lifecycle.ts'
import { type ApplicationOf, createOpeners } from './openers.ts'
import { createPreflights } from './preflights.ts'
import { createPrincipalChange, refuseUnopened } from './principal-change.ts'
import { createStandBys } from './stand-by.ts'
import { isSamePrincipal, type Transports } from '../transports/index.ts'
import { createWishedPrincipals } from './wished-principals.ts'

/** The people behind the mailboxes: who opens them, who stands by, who wishes to. */
export interface Principals {
  /**
   * Somebody else of the same Cloud Provider opens the mailbox from now on, or its application; tried before it is done.
   * The application opens it in the organization of whoever did so before, when no other is named.
   *
   * @throws {AppError} `email_accounts.other_cloud_provider`, `email_accounts.cannot_be_opened`,
   *   `email_accounts.application_cannot_open`
   */
  choose(id: EmailAccountId, wanted: ChosenPrincipal, actor: string): Promise<EmailAccount>

  wishes(id: EmailAccountId): Promise<PrincipalWish[]>
  /** What the person could do at the mailbox. Changes nothing. */
  tryWish(id: EmailAccountId, wishId: PrincipalWishId): Promise<Preflight>
  /** Tried once more, then done: their sign-in is kept and opens the mailbox. */
  acceptWish(id: EmailAccountId, wishId: PrincipalWishId, actor: string): Promise<EmailAccount>
  dismissWish(id: EmailAccountId, wishId: PrincipalWishId, actor: string): Promise<void>

  /** Whoever stands by has been seen to open the mailbox. Takes over at once when the first is ended already. */
  chooseStandBy(id: EmailAccountId, grantId: GrantId, actor: string): Promise<EmailAccount>
  removeStandBy(id: EmailAccountId, actor: string): Promise<EmailAccount>
  checkStandBy(id: EmailAccountId): Promise<EmailAccount>
  makeStandByFirst(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Work that comes due: the daily look at those who stand by; wishes that nobody decided are forgotten. */
  checkDue(): Promise<void>

  /** Which mailboxes a person opens and stands by for, and what becomes of them when the person leaves. */
  dependentsOf(grantId: GrantId): Promise<Dependents>
}

export type ChosenPrincipal = { grantId: GrantId } | { application: Pick<ApplicationOf, 'tenantId'> }

export interface PrincipalsDeps {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  transports: Transports
  grants: { get(id: GrantId): Promise<GrantSummary> }
  cloudProviders: EmailAccountsDeps['cloudProviders']
  wishes: PrincipalWishes
  /** `createWishAccess`: opens a mailbox as whoever wishes to. */
  preflightOfWish: (account: EmailAccount, wish: PrincipalWish) => Promise<Preflight>
  emailAccounts: EmailAccounts
}

export function createPrincipals(deps: PrincipalsDeps): Principals {
  const { database, emailAccounts, grants, cloudProviders, wishes } = deps
  const lifecycle = createLifecycle(deps)
  const preflights = createPreflights(deps)
  const { interrupt, get } = createAccountChanges({ ...deps, lifecycle })
  const grantOf = (id: GrantId) => grants.get(id)
  const put = createPrincipalChange({
    ...deps,
    lifecycle,
    interrupt,
    grantOf,
    notify: (tx, channel, id) => database.notify(tx, channel, id),
  })
  const openers = createOpeners({
    cloudProviders,
    cloudProviderOf: async (grantId) => (await grantOf(grantId)).cloudProviderId,
  })
  const standBys = createStandBys({ ...deps, lifecycle, preflights, put, get, grantOf })
  const wished = createWishedPrincipals({ ...deps, lifecycle, put, get })
  emailAccounts.onSignInLost((tx, id) => standBys.takeOver(tx, id))
  emailAccounts.onGrantRenewed((grantId) => standBys.grantRenewed(grantId))

  async function choose(id: EmailAccountId, wanted: ChosenPrincipal, actor: string): Promise<EmailAccount> {
    const account = await get(id)
    const { principal: to, cloudProviderId } = await openers.resolve(await wantedBy(account, wanted))
    if (cloudProviderId !== account.cloudProviderId) throw new AppError('email_accounts.other_cloud_provider')
    refuseUnopened(await preflights.run({ ...account, principal: to }), to.kind)
    await database.transaction(async (tx) => {
      const held = await lifecycle.hold(tx, id)
      if (isSamePrincipal(held.principal, to) && !held.standBy?.insteadOf) return
      await put(tx, held, { to, why: 'chosen', actor })
    })
    return emailAccounts.checkAgain(id)
  }

  async function wantedBy({ cloudProviderId, principal }: EmailAccount, wanted: ChosenPrincipal) {
    if ('grantId' in wanted) return wanted
    if (principal.kind === 'password' || cloudProviderId === undefined) {
      throw new AppError('email_accounts.other_cloud_provider')
    }
    const before = principal.kind === 'grant' ? await grantOf(principal.grantId) : principal
    return { applicationOf: { cloudProviderId, tenantId: wanted.application.tenantId ?? before.tenantId } }
  }

  return {
    choose,
    wishes: (id) => wishes.list(id),
    tryWish: wished.tryWish,
    acceptWish: async (id, wishId, actor) => {
      await wished.accept(id, wishId, actor)
      return emailAccounts.checkAgain(id)
    },
    dismissWish: wished.dismiss,
    chooseStandBy: standBys.choose,
    removeStandBy: standBys.remove,
    checkStandBy: standBys.check,
    makeStandByFirst: standBys.makeFirst,
    checkDue: async () => {
      await standBys.checkDue()
      await wishes.forgetOver()
    },
    dependentsOf: async (grantId) => dependentsOf(await grantOf(grantId), await emailAccounts.list()),
  }
}
