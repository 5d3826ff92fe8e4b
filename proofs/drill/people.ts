/**
 * Participants of a drill: for each part an organization of its own in the sandbox, with an application that has its
 * consent, people and mailboxes, so that a fault in one part can't affect another. Created before Postkey starts, by
 * means of the sandbox.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../sandbox/src/sandbox.ts'
import {
  EXCHANGE,
  GRAPH,
  PASSWORD,
  type Resource,
  type SignInAudience,
  type User,
} from '../../sandbox/src/tenants/index.ts'

export interface Part {
  name: string
  tenantId: string
  clientId: string
  secret: string
  /** The user who signs in. */
  person: string
  /** A user whose sign-in is not known yet. */
  newcomer: string
  /** A user who may consent for the organization. */
  admin: string
  /** Addresses of the mailboxes: the user's, or shared ones that the user may open and send from. */
  addresses: string[]
  /** The application of the admins' terminal scripts. */
  tools: { clientId: string; secret: string }
}

export interface PartOrder {
  name: string
  kind?: 'user' | 'shared'
  /** Number of shared mailboxes. */
  count?: number
  signInAudience?: SignInAudience
  /** `true` when mail by IMAP and SMTP was consented to as well. */
  byMailProtocols?: boolean
  /** `person` when only the user has consented; otherwise an admin for all. */
  consentOf?: 'person'
}

/** Permissions that a work order requests. */
const SCOPES = [
  ...['openid', 'profile', 'offline_access', 'User.Read', 'Mail.Read', 'Mail.ReadWrite', 'Mail.Send'],
  ...['Mail.Read.Shared', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared'],
]

/** Additional scopes for mailboxes with IMAP or SMTP. */
const EXCHANGE_SCOPES = ['IMAP.AccessAsUser.All', 'SMTP.Send']

export async function prepareCast(
  sandboxFolder: string,
  redirectUri: string,
  orders: readonly PartOrder[],
): Promise<Map<string, Part>> {
  mkdirSync(sandboxFolder, { recursive: true })
  const sandbox = await startSandbox({ databasePath: join(sandboxFolder, 'sandbox.sqlite'), withMail: false })
  try {
    return sandbox.database.transaction(
      () => new Map(orders.map((order, i) => [order.name, preparePart(sandbox, redirectUri, order, i)])),
    )
  } finally {
    await sandbox.close()
  }
}

function preparePart({ directory }: Sandbox, redirectUri: string, order: PartOrder, i: number): Part {
  const { people, applications, consents } = directory
  const { name, kind = 'user', count = 1, signInAudience = 'AzureADMyOrg', consentOf, byMailProtocols } = order
  const tenantId = randomUUID()
  const domain = `part${i}.example`
  people.addTenant({
    ...{ id: tenantId, displayName: `Part ${i}`, domains: [domain] },
    ...{ userConsent: 'microsoft-recommended' as const, regionScope: 'EU' },
  })
  const graph = consents.addServicePrincipal(tenantId, GRAPH)

  const addUser = (local: string, more: Partial<User> = {}): User => {
    const user = userOf(tenantId, `${local}@${domain}`, more)
    people.addUser(user)
    return user
  }
  const admin = addUser('admin', { globalAdministrator: true })
  const person = addUser('sam')
  const newcomer = addUser('nia')
  people.addMailbox({ userId: person.id, kind: 'user' })
  const shared = Array.from({ length: kind === 'shared' ? count : 0 }, (_, n) => {
    // A shared mailbox is a disabled account without a sign-in.
    const user = addUser(`box${n}`, { password: undefined, accountEnabled: false })
    people.addMailbox({ userId: user.id, kind: 'shared' })
    people.grantRight(user.id, person.id, 'FullAccess')
    people.grantRight(user.id, person.id, 'SendAs')
    return user
  })

  const application = applications.add(tenantId, {
    ...{ displayName: `Postkey of ${name}`, signInAudience },
    web: {
      redirectUris: [redirectUri],
      logoutUrl: null,
      implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
    },
    requiredResourceAccess: [
      { resourceAppId: GRAPH.appId, resourceAccess: SCOPES.map((value) => scopeOf(GRAPH, value)) },
      { resourceAppId: EXCHANGE.appId, resourceAccess: EXCHANGE_SCOPES.map((value) => scopeOf(EXCHANGE, value)) },
    ],
  })
  const client = consents.addServicePrincipal(tenantId, application)
  const whose = consentOf === 'person' ? person.id : null
  consents.grant(client.id, graph.id, SCOPES, whose)
  if (byMailProtocols) {
    const exchange = consents.addServicePrincipal(tenantId, EXCHANGE)
    consents.grant(client.id, exchange.id, EXCHANGE_SCOPES, whose)
  }

  const tools = applications.add(tenantId, { displayName: 'Scripts of the admins' })
  const role = GRAPH.application.find(({ value }) => value === 'Application.ReadWrite.All')!
  consents.assignAppRole(consents.addServicePrincipal(tenantId, tools).id, graph.id, role.id)

  return {
    ...{ name, tenantId, clientId: application.appId },
    ...{ person: person.userPrincipalName, newcomer: newcomer.userPrincipalName, admin: admin.userPrincipalName },
    secret: applications.addPassword(application.id, { displayName: 'Postkey' }).secretText,
    addresses: (kind === 'shared' ? shared : [person]).map(({ userPrincipalName }) => userPrincipalName),
    tools: {
      clientId: tools.appId,
      secret: applications.addPassword(tools.id, { displayName: 'scripts' }).secretText,
    },
  }
}

function scopeOf(resource: Resource, value: string): { id: string; type: 'Scope' } {
  return { id: resource.delegated.find((scope) => scope.value === value)!.id, type: 'Scope' }
}

function userOf(tenantId: string, address: string, more: Partial<User>): User {
  return {
    ...{ id: randomUUID(), tenantId, userPrincipalName: address, displayName: address, mail: address },
    ...{ password: PASSWORD, mfaSecret: undefined, accountEnabled: true, userType: 'Member', homeUserId: undefined },
    ...{ globalAdministrator: false, preferredLanguage: 'en-US', tokensValidFrom: 0 },
    ...more,
  }
}
