/**
 * The only scope table: protocol × direction × kind of mailbox → permissions. Used by the work order, the sign-in, the
 * comparison of requested and granted permissions, and the preflight.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference
 */
import { TEXTS } from '../texts.ts'
import type { Cloud, Resource } from './cloud.ts'

export type ReceivesBy = 'graph' | 'imap'
export type SendsBy = 'graph' | 'smtp'
export type AccountKind = 'user' | 'shared'

/** Requirements of the mailboxes that a registration or a sign-in opens. */
export interface PermissionChoice {
  receives: ReceivesBy | undefined
  sends: SendsBy | undefined
  kinds: readonly AccountKind[]
}

/**
 * A permission under its Microsoft name. A delegated one (*scope*) is used on behalf of a person, an application
 * permission (*role*) by the application itself.
 */
export interface Permission {
  resource: Resource
  type: 'Scope' | 'Role'
  /** Name for requests, such as `Mail.Read`. */
  value: string
  /** Id for the registration. */
  id: string
  /** Purpose in one sentence, for the admin who grants it. */
  purpose: string
}

/** Application roles that allow reading the mail of every mailbox in the tenant. */
export const READS_ALL_MAIL: readonly string[] = ['Mail.Read', 'Mail.ReadWrite', 'Mail.ReadBasic', 'Mail.ReadBasic.All']

/** Application ids of the resources in every Entra tenant, used to register permissions. */
export const RESOURCE_APP_IDS: Readonly<Record<Resource, string>> = {
  graph: '00000003-0000-0000-c000-000000000000',
  exchange: '00000002-0000-0ff1-ce00-000000000000',
}

export const EVERYTHING_BY_GRAPH: PermissionChoice = { receives: 'graph', sends: 'graph', kinds: ['user', 'shared'] }

/**
 * Permissions of OpenID Connect, and the one for a refresh token. They belong to no resource and are part of every
 * sign-in.
 */
export const SIGN_IN_PERMISSIONS: readonly Permission[] = [
  {
    resource: 'graph',
    type: 'Scope',
    value: 'openid',
    id: '37f7f235-527c-4136-accd-4a02d197296e',
    purpose: TEXTS.purposeOpenid,
  },
  {
    resource: 'graph',
    type: 'Scope',
    value: 'profile',
    id: '14dad69e-099b-42c9-810b-d002981feec1',
    purpose: TEXTS.purposeProfile,
  },
  {
    resource: 'graph',
    type: 'Scope',
    value: 'offline_access',
    id: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
    purpose: TEXTS.purposeOfflineAccess,
  },
]

interface Row {
  receives?: ReceivesBy
  sends?: SendsBy
  /**
   * Kind of mailbox opened by a person, or `application`: any mailbox the application has access to, without a user.
   */
  kind: AccountKind | 'any' | 'application'
  permissions: readonly Permission[]
}

const graph = (value: string, id: string, purpose: string): Permission => ({
  resource: 'graph',
  type: 'Scope',
  value,
  id,
  purpose,
})
const graphRole = (value: string, id: string, purpose: string): Permission => ({
  ...graph(value, id, purpose),
  type: 'Role',
})
const exchange = (value: string, id: string, purpose: string): Permission => ({
  resource: 'exchange',
  type: 'Scope',
  value,
  id,
  purpose,
})

const exchangeRole = (value: string, id: string, purpose: string): Permission => ({
  ...exchange(value, id, purpose),
  type: 'Role',
})

/** Entra ID requires it in every application that signs people in (AADSTS90008). */
const USER_READ = graph('User.Read', 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', TEXTS.purposeUserRead)

const TABLE: readonly Row[] = [
  {
    receives: 'graph',
    kind: 'user',
    permissions: [graph('Mail.Read', '570282fd-fa5c-430d-a7fd-fc8dc98a9dca', TEXTS.purposeMailRead)],
  },
  {
    receives: 'graph',
    kind: 'shared',
    permissions: [graph('Mail.Read.Shared', '7b9103a5-4610-446b-9670-80643382c1fa', TEXTS.purposeMailReadShared)],
  },
  {
    sends: 'graph',
    kind: 'user',
    permissions: [
      graph('Mail.ReadWrite', '024d486e-b451-40bb-833d-3e66d98c5c73', TEXTS.purposeMailReadWrite),
      graph('Mail.Send', 'e383f46e-2787-4529-855e-0e479a3ffac0', TEXTS.purposeMailSend),
    ],
  },
  {
    sends: 'graph',
    kind: 'shared',
    permissions: [
      graph('Mail.ReadWrite.Shared', '5df07973-7d5d-46ed-9847-1271055cbd51', TEXTS.purposeMailReadWriteShared),
      graph('Mail.Send.Shared', 'a367ab51-6b49-43bf-a716-a1fb06d2a174', TEXTS.purposeMailSendShared),
    ],
  },
  {
    receives: 'graph',
    kind: 'application',
    permissions: [graphRole('Mail.Read', '810c84a8-4a9e-49e6-bf7d-12d183f40d01', TEXTS.purposeMailReadRole)],
  },
  {
    sends: 'graph',
    kind: 'application',
    permissions: [
      graphRole('Mail.ReadWrite', 'e2a3a72e-5f79-4c64-b1b1-878b674786c9', TEXTS.purposeMailReadWriteRole),
      graphRole('Mail.Send', 'b633e1c5-b582-4048-a93e-9f11b44c7e96', TEXTS.purposeMailSendRole),
    ],
  },
  {
    receives: 'imap',
    kind: 'any',
    permissions: [exchange('IMAP.AccessAsUser.All', '195adc35-e27b-454b-a7ed-1ecdffa1c09f', TEXTS.purposeImap)],
  },
  {
    receives: 'imap',
    kind: 'application',
    permissions: [exchangeRole('IMAP.AccessAsApp', '5e5addcd-3e8d-4e90-baf5-964efab2b20a', TEXTS.purposeImapRole)],
  },
  {
    sends: 'smtp',
    kind: 'any',
    permissions: [exchange('SMTP.Send', '76faac2a-0f20-42f1-928a-50de5b9dbe52', TEXTS.purposeSmtp)],
  },
]

/** Narrower permissions that a wider one includes, so that as few as possible are requested. */
const INCLUDED_IN: Readonly<Record<string, string>> = {
  'Mail.Read': 'Mail.ReadWrite',
  'Mail.Read.Shared': 'Mail.ReadWrite.Shared',
}

/** Permissions to register and grant for such mailboxes, without {@link SIGN_IN_PERMISSIONS}. */
export function permissionsFor({ kinds, ...protocols }: PermissionChoice): Permission[] {
  return [
    USER_READ,
    ...rowsFor(protocols, (kind) => kind === 'any' || (kind !== 'application' && kinds.includes(kind))),
  ]
}

/** Permissions of the application itself. They do not distinguish own and shared mailboxes. */
export function applicationPermissionsFor(protocols: Pick<PermissionChoice, 'receives' | 'sends'>): Permission[] {
  return rowsFor(protocols, (kind) => kind === 'application')
}

function rowsFor(
  { receives, sends }: Pick<PermissionChoice, 'receives' | 'sends'>,
  isOf: (kind: Row['kind']) => boolean,
): Permission[] {
  const wanted = TABLE.filter(
    (row) =>
      (row.receives === undefined ? sends !== undefined && row.sends === sends : row.receives === receives) &&
      isOf(row.kind),
  ).flatMap(({ permissions }) => permissions)
  const names = new Set(wanted.map(({ value }) => value))
  return wanted.filter(({ value }) => !names.has(INCLUDED_IN[value] ?? ''))
}

/** Required scopes with their full names in a cloud, such as `https://graph.microsoft.com/Mail.Read`. */
export function scopesFor(choice: PermissionChoice, cloud: Cloud): string[] {
  return permissionsFor(choice).map(({ resource, value }) => cloud.scopePrefixes[resource] + value)
}

/** Scopes for changes of messages by Graph, such as their read marks. Part of those for sending by Graph. */
export function scopesForChanges(kind: AccountKind, cloud: Cloud): string[] {
  return [cloud.scopePrefixes.graph + (kind === 'shared' ? 'Mail.ReadWrite.Shared' : 'Mail.ReadWrite')]
}

/** Resource of a full scope name; `undefined` for scopes of OpenID Connect, which belong to none. */
export function resourceOfScope(scope: string, cloud: Cloud): Resource | undefined {
  if (scope.startsWith(cloud.scopePrefixes.graph)) return 'graph'
  return scope.startsWith(cloud.scopePrefixes.exchange) ? 'exchange' : undefined
}

/** Requested scopes that are neither granted nor included in a granted wider scope. */
export function scopesMissing(wanted: readonly string[], granted: readonly string[]): string[] {
  const has = new Set(granted.map((scope) => scope.toLowerCase()))
  return wanted.filter((scope) => {
    const slash = scope.lastIndexOf('/') + 1
    const wider = INCLUDED_IN[scope.slice(slash)]
    return !has.has(scope.toLowerCase()) && !(wider && has.has((scope.slice(0, slash) + wider).toLowerCase()))
  })
}
