import { fillText } from '../kernel/errors.ts'
import { ACTIONS_OVERDUE_AFTER_MS, lastingActions, listActionTroubles } from './action-troubles.ts'
import { isTroubled, describeLostFolders, toTroubledAccount } from './account-troubles.ts'
import { findCause } from './causes.ts'
import type { StatesNow, TroubledAccount } from './failure-causes.ts'
import { OVERDUE_AFTER_MS, listSendingTroubles } from './sending-troubles.ts'
import type { IncidentSources, StatesDb } from './sources.ts'
import { TEXTS } from './texts.ts'

/** Current troubles, from the states of providers, grants, accounts, sending and actions: seven queries, eight with an unused grant in trouble. */
export async function readStates(sources: IncidentSources, db: StatesDb, at: Date): Promise<StatesNow> {
  const waiting = await sources.sending.list(db, new Date(at.getTime() - OVERDUE_AFTER_MS))
  const allActions = await sources.actions.list(db, new Date(at.getTime() - ACTIONS_OVERDUE_AFTER_MS))
  const waitingActions = lastingActions(allActions, at)
  const states = await sources.emailAccounts.listTroubled(
    db,
    [...waiting, ...waitingActions].map(({ emailAccountId }) => emailAccountId),
  )
  const activeAccounts = await sources.emailAccounts.countActive(db)
  const providers = await sources.cloudProviders.list(db)
  // The setup page shows the fault to the admin, and no mailbox can stop yet.
  const inSetup = new Set(providers.filter(({ isInSetup }) => isInSetup).map(({ id }) => id))
  const refused = await readRefusedSecrets(sources, db)
  const accounts = [
    ...states
      .filter(isTroubled)
      .map((account) => toTroubledAccount(account, { code: account.reason!, since: account.since })),
    ...states.flatMap((account) =>
      account.lostFolders.length > 0 ? [toTroubledAccount(account, describeLostFolders(account.lostFolders))] : [],
    ),
  ]
  const active = new Map(states.map((account) => [account.id, account]))
  const sending = listSendingTroubles(waiting, active)
  const actions = listActionTroubles(waitingActions, active)
  const grants = await readGrants(sources, db, [...accounts, ...sending, ...actions])

  return {
    accounts: accounts.filter(
      ({ code, cloudProviderId }) =>
        !(cloudProviderId && inSetup.has(cloudProviderId) && findCause(code) === 'provider'),
    ),
    sending,
    actions,
    providers: providers.flatMap((provider) => {
      const { id, reason: code, since } = provider
      return isTroubled(provider) && !inSetup.has(id)
        ? [{ id, code: code!, since, detail: refused.get(`${id} ${code}`) }]
        : []
    }),
    grants: grants.flatMap((grant) =>
      isTroubled(grant) ? [{ id: grant.id, code: grant.reason!, since: grant.since }] : [],
    ),
    namesOfProviders: new Map(providers.map(({ id, name, cloud, tenantId }) => [id, { name, cloud, tenantId }])),
    namesOfGrants: new Map(
      grants.map(({ id, name, cloudProviderId, tenantId }) => [id, { name, cloudProviderId, tenantId }]),
    ),
    connectingProviders: new Map(
      providers.flatMap(({ id, state, since }) => (state === 'connecting' ? [[id, since] as const] : [])),
    ),
    activeAccounts,
  }
}

/** Grants of these accounts, and others in trouble. A grant that opens no mailbox keeps none from being read. */
async function readGrants(sources: IncidentSources, db: StatesDb, accounts: readonly TroubledAccount[]) {
  const named = new Set(accounts.flatMap(({ grantId }) => grantId ?? []))
  const grants = await sources.grants.listTroubled(db, [...named])
  const others = grants.map(({ id }) => id).filter((id) => !named.has(id))
  const used = await sources.emailAccounts.grantsInUse(db, others)
  return grants.filter(({ id }) => named.has(id) || used.has(id))
}

/** The secret that Microsoft refuses, by provider and code: a provider may have several. */
async function readRefusedSecrets(sources: IncidentSources, db: StatesDb): Promise<Map<string, string>> {
  const secrets = await sources.cloudProviders.listRefusedSecrets(db)
  return new Map(
    secrets.map(({ cloudProviderId, hint, code }) => [
      `${cloudProviderId} ${code}`,
      fillText(TEXTS.refusedSecret, { hint }),
    ]),
  )
}
