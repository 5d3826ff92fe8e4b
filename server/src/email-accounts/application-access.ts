import {
  type CheckLine,
  type CloudProvider,
  type CloudProviders,
  imapCommands,
  READS_ALL_MAIL,
  scopingCommands,
} from '../cloud-providers/index.ts'
import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId } from '../kernel/ids.ts'
import type { ApplicationInTenant, ApplicationTokens } from '../tokens/index.ts'
import type { AccountAccess, Transports } from '../transports/index.ts'

/** How many mailboxes are tried when nobody has named one: the first ones may be none that Exchange has. */
const MOST_PROBES = 5

/** What the application itself may open in one organization. */
export interface ApplicationInOrganization extends ApplicationInTenant {
  tenantId: string
  emailAccounts: { id: EmailAccountId; name: string; address: string }[]
  /** For Exchange Online PowerShell; undefined as long as no mailbox is to be opened by the application. */
  commands: string | undefined
  /** Those that let it read the same mailboxes by IMAP, where somebody wants that. */
  imapCommands: string | undefined
  /** Why the application could not sign in there. */
  problem: AppError | undefined
}

export interface ApplicationAccess {
  /** `more` are mailboxes that are about to be associated. */
  of(id: CloudProviderId, more?: readonly string[]): Promise<ApplicationInOrganization[]>
  /** The negative probe: tries to read a mailbox that is not connected here, and says so when it can. */
  probe(provider: CloudProvider): Promise<CheckLine[]>
}

export interface ApplicationAccessDeps {
  database: Pick<Database, 'db'>
  cloudProviders: Pick<CloudProviders, 'get' | 'cloudOf'>
  applicationTokens: Pick<ApplicationTokens, 'inTenant'>
  transports: Pick<Transports, 'open' | 'addressesIn'>
}

export function createApplicationAccess(deps: ApplicationAccessDeps): ApplicationAccess {
  const { database, cloudProviders, applicationTokens, transports } = deps

  const accountsOf = (id: CloudProviderId) =>
    database.db
      .selectFrom('email_accounts')
      .select(['id', 'name', 'address', 'principal_tenant_id as tenantId'])
      .where('cloud_provider_id', '=', id)
      .orderBy('address')
      .execute()

  async function lookInto(cloudProviderId: CloudProviderId, tenantId: string) {
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
        // Nothing is asked in the name of an application that opens nothing.
        const shown =
          addresses.size > 0
            ? await lookInto(id, tenantId)
            : { objectId: undefined, roles: undefined, problem: undefined }
        const { scriptNames } = cloudProviders.cloudOf(provider)
        const wish = { provider, objectId: shown.objectId, addresses: [...addresses.values()], scriptNames }
        const commands = scopingCommands({
          ...wish,
          receives: 'graph',
          sends: 'graph',
        })
        const emailAccounts = opened.map(({ id: accountId, name, address }) => ({ id: accountId, name, address }))
        const byImap = imapCommands(wish)
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
    const { roles, problem } = await lookInto(provider.id, tenantId)
    if (problem) return line('not-tried', `${NOT_TRIED}: ${problem.message}`, { fix: problem.fix })
    // A permission for the whole tenant needs no try: it says itself what can be read.
    const forAll = roles?.filter((role) => READS_ALL_MAIL.includes(role)) ?? []
    if (forAll.length > 0) {
      const title = `The application has ${forAll.join(', ')} for every mailbox of the organization`
      if (provider.application === 'all-mailboxes') return line('ok', `${title}, as was chosen`)
      return tooWide(title, undefined)
    }
    let last: CheckLine | undefined
    for (const address of await candidates(provider, tenantId, known)) {
      last = await tryToRead(provider, tenantId, address)
      if (last.outcome !== 'not-tried') return last
    }
    const fix =
      'Name a mailbox that the application must not read, under "Only these mailboxes" on the page of the cloud provider.'
    return last ?? line('not-tried', `${NOT_TRIED}: no such mailbox is known`, { fix })
  }

  async function candidates(provider: CloudProvider, tenantId: string, known: ReadonlySet<string>): Promise<string[]> {
    const { probeAddress, id } = provider
    if (probeAddress !== undefined && tenantId === provider.tenantId) {
      return known.has(probeAddress.toLowerCase()) ? [] : [probeAddress]
    }
    const found = await transports.addressesIn({ cloudProviderId: id, tenantId }).catch((error: unknown) => {
      // Seldom permitted, and nothing that has to be.
      if (error instanceof AppError) return []
      throw error
    })
    return found.filter((address) => !known.has(address.toLowerCase())).slice(0, MOST_PROBES)
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
      return tooWide(`The application can read ${address}, which is not connected here`, address)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code === 'transports.application_denied') {
        return line('ok', `The application cannot read ${address}, which is not connected here`, { address })
      }
      return line('not-tried', `${NOT_TRIED}: ${address}: ${error.message}`, { address })
    }
  }

  return { of, probe }
}

const NOT_TRIED = 'Whether the application can read other mailboxes was not tried'

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
