import {
  type CheckLine,
  type CloudProvider,
  type CloudProviders,
  imapCommands,
  READS_ALL_MAIL,
  scopingCommands,
} from '../cloud-providers/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId } from '../kernel/ids.ts'
import type { ApplicationInTenant, ApplicationTokens } from '../tokens/index.ts'
import type { AccountAccess, Transports } from '../transports/index.ts'
import { TEXTS } from './texts.ts'

/** Mailboxes tried when an admin has named none: the first addresses may have no mailbox in Exchange. */
const MAX_PROBES = 5

/** Mailboxes and permissions of the application in one organization. */
export interface ApplicationInOrganization extends ApplicationInTenant {
  tenantId: string
  emailAccounts: { id: EmailAccountId; name: string; address: string }[]
  /** Commands for Exchange Online PowerShell; `undefined` while the application opens no mailbox. */
  commands: string | undefined
  /** Commands that also let the application read these mailboxes by IMAP. */
  imapCommands: string | undefined
  /** Error of the application's sign-in there. */
  problem: AppError | undefined
}

export interface ApplicationAccess {
  /**
   * Returns one entry per organization.
   *
   * @param more addresses that an admin is about to associate
   */
  of(id: CloudProviderId, more?: readonly string[]): Promise<ApplicationInOrganization[]>
  /** Negative probe: tries to read a mailbox that is not connected here, and reports when that succeeds. */
  probe(provider: CloudProvider): Promise<CheckLine[]>
}

export interface ApplicationAccessDeps {
  emailAccounts: Pick<EmailAccounts, 'list'>
  cloudProviders: Pick<CloudProviders, 'get' | 'cloudOf'>
  applicationTokens: Pick<ApplicationTokens, 'inTenant'>
  transports: Pick<Transports, 'open' | 'addressesIn'>
}

export function createApplicationAccess(deps: ApplicationAccessDeps): ApplicationAccess {
  const { emailAccounts, cloudProviders, applicationTokens, transports } = deps

  async function accountsOf(cloudProviderId: CloudProviderId) {
    const accounts = await emailAccounts.list({ cloudProviderId })
    return accounts.map(withTenant).sort((one, other) => (one.address < other.address ? -1 : 1))
  }

  async function readTenant(cloudProviderId: CloudProviderId, tenantId: string) {
    try {
      const shown = await applicationTokens.inTenant({ cloudProviderId, tenantId, resource: 'graph' })
      return { ...shown, problem: undefined }
    } catch (error) {
      return { objectId: undefined, roles: undefined, problem: AppError.from(error) }
    }
  }

  async function of(id: CloudProviderId, more: readonly string[] = []): Promise<ApplicationInOrganization[]> {
    const provider = await cloudProviders.get(id)
    const accounts = await accountsOf(id)
    const tenants = new Set([provider.tenantId, ...accounts.flatMap(({ tenantId }) => tenantId ?? [])])
    return Promise.all(
      [...tenants].map(async (tenantId) => {
        const opened = accounts.filter((account) => account.tenantId === tenantId)
        const wanted = tenantId === provider.tenantId ? more : []
        const addresses = new Map(
          [...opened.map(({ address }) => address), ...wanted].map((one) => [one.toLowerCase(), one]),
        )
        // No token is requested for an application that opens no mailbox.
        const shown =
          addresses.size > 0
            ? await readTenant(id, tenantId)
            : { objectId: undefined, roles: undefined, problem: undefined }
        const { scriptNames } = cloudProviders.cloudOf(provider)
        const scope = { provider, objectId: shown.objectId, addresses: [...addresses.values()], scriptNames }
        const commands = scopingCommands({
          ...scope,
          receives: 'graph',
          sends: 'graph',
        })
        const emailAccounts = opened.map(({ id: accountId, name, address }) => ({ id: accountId, name, address }))
        const byImap = imapCommands(scope)
        return { tenantId, emailAccounts, commands, imapCommands: byImap, ...shown }
      }),
    )
  }

  async function probe(provider: CloudProvider): Promise<CheckLine[]> {
    const accounts = await accountsOf(provider.id)
    const tenants = new Set(accounts.flatMap(({ tenantId }) => tenantId ?? []))
    if (provider.probeAddress !== undefined) tenants.add(provider.tenantId)
    const known = new Set(accounts.map(({ address }) => address.toLowerCase()))
    return Promise.all([...tenants].map((tenantId) => probeTenant(provider, tenantId, known)))
  }

  async function probeTenant(
    provider: CloudProvider,
    tenantId: string,
    known: ReadonlySet<string>,
  ): Promise<CheckLine> {
    const { roles, problem } = await readTenant(provider.id, tenantId)
    if (problem) return line('not-tried', fillText(TEXTS.notChecked, { reason: problem.message }), { fix: problem.fix })
    // A permission for all mailboxes of the tenant needs no probe.
    const forAll = roles?.filter((role) => READS_ALL_MAIL.includes(role)) ?? []
    if (forAll.length > 0) {
      const permissions = forAll.join(', ')
      return provider.application === 'all-mailboxes'
        ? line('ok', fillText(TEXTS.hasForAllAsSelected, { permissions }))
        : tooWide(fillText(TEXTS.hasForAll, { permissions }), undefined)
    }
    let last: CheckLine | undefined
    for (const address of await candidates(provider, tenantId, known)) {
      last = await tryToRead(provider, tenantId, address)
      if (last.outcome !== 'not-tried') return last
    }
    const title = fillText(TEXTS.notChecked, { reason: TEXTS.noMailboxKnown })
    return last ?? line('not-tried', title, { fix: TEXTS.nameMailbox })
  }

  async function candidates(provider: CloudProvider, tenantId: string, known: ReadonlySet<string>): Promise<string[]> {
    const { probeAddress, id } = provider
    if (probeAddress !== undefined && tenantId === provider.tenantId) {
      return known.has(probeAddress.toLowerCase()) ? [] : [probeAddress]
    }
    const found = await transports.addressesIn({ cloudProviderId: id, tenantId }).catch((error: unknown) => {
      // Rarely permitted, and not required.
      if (error instanceof AppError) return []
      throw error
    })
    return found.filter((address) => !known.has(address.toLowerCase())).slice(0, MAX_PROBES)
  }

  async function tryToRead({ id }: CloudProvider, tenantId: string, address: string): Promise<CheckLine> {
    const access: AccountAccess = {
      address,
      kind: 'user',
      cloudProviderId: id,
      principal: { kind: 'application', tenantId },
    }
    try {
      await (await transports.open(access)).reading.listFolders()
      return tooWide(fillText(TEXTS.canRead, { address }), address)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code === 'transports.application_denied') {
        return line('ok', fillText(TEXTS.cannotRead, { address }), { address })
      }
      return line('not-tried', fillText(TEXTS.notCheckedAt, { address, reason: error.message }), { address })
    }
  }

  return { of, probe }
}

/** Adds the `tenantId` of the application; `undefined` for a grant. */
function withTenant({ id, name, address, principal }: EmailAccount) {
  return { id, name, address, tenantId: principal.kind === 'application' ? principal.tenantId : undefined }
}

/** Wakes accounts when their cloud provider has recovered, and adds the negative probe to the check of a provider. */
export function connectCloudProviders(
  cloudProviders: Pick<CloudProviders, 'onStateChange' | 'addCheck'>,
  emailAccounts: Pick<EmailAccounts, 'providerRecovered'>,
  applicationAccess: Pick<ApplicationAccess, 'probe'>,
): void {
  cloudProviders.onStateChange(async (tx, { id, from, to }) => {
    if (from === 'needs-admin' && to !== 'needs-admin') await emailAccounts.providerRecovered(tx, id)
  })
  cloudProviders.addCheck((provider) => applicationAccess.probe(provider))
}

function line(
  outcome: CheckLine['outcome'],
  title: string,
  more: Pick<CheckLine, 'code' | 'fix' | 'address'> = {},
): CheckLine {
  return { what: 'other-mailboxes', outcome, title, ...more }
}

function tooWide(title: string, address: string | undefined): CheckLine {
  const { code, fix } = new AppError('cloud_providers.reads_other_mailboxes')
  return line('wrong', title, { code, fix, ...(address !== undefined && { address }) })
}
