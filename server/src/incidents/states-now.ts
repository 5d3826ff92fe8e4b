import { sql, type ExpressionBuilder } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import { causeOf } from './causes.ts'
import type { StatesNow, TroubledAccount } from './failure-causes.ts'
import { readSendingTroubles } from './sending-troubles.ts'

const FOLDER_GONE = new AppError('email_accounts.folder_gone').code
const TROUBLED = ['degraded', 'needs-sign-in', 'needs-admin'] as const

/** What is wrong at this moment: the states of providers, grants and accounts, which are the truth. */
export async function readStates(tx: Tx | Database['db'], at: Date): Promise<StatesNow> {
  const accounts = await tx
    .selectFrom('email_accounts')
    .select(['id', 'name', 'address', 'state_reason', 'state_since', 'cloud_provider_id', 'grant_id', 'first_grant_id'])
    .select(['principal_tenant_id', 'servers'])
    .where('state', 'in', TROUBLED)
    .where('state_reason', 'is not', null)
    .execute()
  const { active } = await tx
    .selectFrom('email_accounts')
    .select(({ fn }) => fn.countAll<number>().as('active'))
    .where('state', '!=', 'paused')
    .executeTakeFirstOrThrow()
  const providers = await tx
    .selectFrom('cloud_providers')
    .select(['id', 'name', 'cloud', 'tenant_id', 'state', 'state_reason', 'state_since', 'worked_at'])
    .execute()
  // The admin who sets it up sees on the page what is wrong; there is nothing yet that could stop.
  const inSetup = new Set(providers.filter(({ worked_at: workedAt }) => workedAt === null).map(({ id }) => id))
  const refused = await readRefusedSecrets(tx)
  const lost = await tx
    .selectFrom('email_accounts')
    .select(['id', 'name', 'address', 'cloud_provider_id', 'grant_id', 'first_grant_id', 'servers'])
    .select(['principal_tenant_id', 'lost_folders'])
    .where('state', '!=', 'paused')
    .where(sql<boolean>`lost_folders <> '[]'`)
    .execute()
  const troubledAccounts: TroubledAccount[] = accounts.map((row) => ({
    ...thingsOf(row),
    code: row.state_reason!,
    since: row.state_since,
  }))
  for (const row of lost) troubledAccounts.push({ ...thingsOf(row), ...lostOf(row.lost_folders as LostFolder[]) })
  const sending = await readSendingTroubles(tx, at)
  const grantIds = [...troubledAccounts, ...sending].flatMap(({ grantId }) => (grantId === undefined ? [] : [grantId]))
  const grants = await tx
    .selectFrom('grants')
    .select(['id', 'cloud_provider_id', 'tenant_id', 'user_name', 'state', 'state_reason', 'state_since'])
    // A sign-in that opens no mailbox keeps none from being read.
    .where((eb) =>
      eb.or([
        ...(grantIds.length > 0 ? [eb('id', 'in', grantIds)] : []),
        eb.and([eb('state', 'in', TROUBLED), eb.exists(opens(eb))]),
      ]),
    )
    .execute()

  return {
    accounts: troubledAccounts.filter(
      ({ code, cloudProviderId }) => !(cloudProviderId && inSetup.has(cloudProviderId) && causeOf(code) === 'provider'),
    ),
    sending,
    providers: providers.flatMap(({ id, state, state_reason: code, state_since: since }) =>
      code !== null && !inSetup.has(id) && TROUBLED.some((troubled) => troubled === state)
        ? [{ id, code, since, detail: refused.get(`${id} ${code}`) }]
        : [],
    ),
    grants: grants.flatMap(({ id, state, state_reason: code, state_since: since }) =>
      code !== null && TROUBLED.some((troubled) => troubled === state) ? [{ id, code, since }] : [],
    ),
    namesOfProviders: new Map(
      providers.map(({ id, name, cloud, tenant_id: tenantId }) => [id, { name, cloud, tenantId }]),
    ),
    namesOfGrants: new Map(
      grants.map((row) => [
        row.id,
        { name: row.user_name, cloudProviderId: row.cloud_provider_id, tenantId: row.tenant_id },
      ]),
    ),
    activeAccounts: active,
  }
}

/** Which secret it is that Microsoft refuses, by provider and code: a provider may have several. */
async function readRefusedSecrets(tx: Tx | Database['db']): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('provider_credentials')
    .select(['cloud_provider_id', 'hint', 'refused_code'])
    .where('refused_since', 'is not', null)
    .where('hint', 'is not', null)
    .orderBy('created_at')
    .execute()
  return new Map(
    rows.map(({ cloud_provider_id: id, hint, refused_code: code }) => [
      `${id} ${code}`,
      `It is the secret that begins with ${hint}.`,
    ]),
  )
}

function opens(eb: ExpressionBuilder<Schema, 'grants'>) {
  return eb
    .selectFrom('email_accounts')
    .select('email_accounts.id')
    .where('email_accounts.state', '!=', 'paused')
    .where((of) =>
      of.or([
        of('email_accounts.grant_id', '=', of.ref('grants.id')),
        of('email_accounts.first_grant_id', '=', of.ref('grants.id')),
      ]),
    )
}

/** Of these accounts, those that are being tried: no error that lasts any more, and no proof yet. */
export async function readUnproven(tx: Tx, ids: readonly EmailAccountId[]): Promise<Set<EmailAccountId>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .selectFrom('email_accounts')
    .select('id')
    .where('id', 'in', [...ids])
    .where('state', 'in', ['connecting', 'degraded'])
    .execute()
  return new Set(rows.map(({ id }) => id))
}

interface AccountOnThings {
  id: EmailAccountId
  name: string
  address: string
  cloud_provider_id: CloudProviderId | null
  grant_id: GrantId | null
  first_grant_id: GrantId | null
  principal_tenant_id: string | null
  servers: unknown
}

/** What the account depends on. */
function thingsOf(row: AccountOnThings) {
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    cloudProviderId: row.cloud_provider_id ?? undefined,
    mailServer: mailServerOf(row.servers),
    // While a stand-by is at work, the trouble is with whom it stands in for.
    grantId: row.first_grant_id ?? row.grant_id ?? undefined,
    tenantId: row.principal_tenant_id ?? undefined,
  }
}

interface LostFolder {
  name: string
  at: string
  /** It is on the server, which refuses to open it. */
  isRefused?: boolean
}

/** Of an account that is read except for folders that disappeared or are refused. */
function lostOf(folders: readonly LostFolder[]) {
  const namesOf = (some: readonly LostFolder[]) => [...new Set(some.map(({ name }) => name))].join(', ')
  const gone = namesOf(folders.filter(({ isRefused }) => !isRefused))
  const refused = namesOf(folders.filter(({ isRefused }) => isRefused))
  const sentences = [gone && `Not on the server any more: ${gone}.`, refused && `Refused by the server: ${refused}.`]
  return {
    code: FOLDER_GONE,
    detail: sentences.filter(Boolean).join(' '),
    since: new Date(Math.min(...folders.map(({ at }) => Date.parse(at)))),
  }
}

/** Where the mail of an account is read that no cloud provider opens. */
export function mailServerOf(servers: unknown): string | undefined {
  return (servers as { imap?: { host?: string } } | null)?.imap?.host
}
