/**
 * Links for people without a login here: the owner of a mailbox signs in, an Entra admin consents.
 *
 * 1. A sign-in link is valid for one day and for one mailbox: a sign-in that can't open it stores nothing. A renewal
 *    link is also for one person.
 * 2. A consent link opens no mailbox, and Entra admins often work elsewhere, so it is valid for seven days.
 * 3. The link of a connect session is hosted: that session creates and revokes it, and it isn't listed here.
 * 4. A link can be revoked, and the next link for the same purpose revokes it. The first success uses it up, in the
 *    transaction that stores the result.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Selectable, UpdateQueryBuilder, UpdateResult } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import { type CloudProviders, type Permission, permissionsFor, SIGN_IN_PERMISSIONS } from '../cloud-providers/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type CloudProviderId, type GrantId, newId, type SignInLinkId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import type { GrantSummary } from './grant.ts'
import { usualPermissions } from './usual-permissions.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const LIFETIME_MS: Readonly<Record<NewSignInLink['kind'], number>> = { 'sign-in': DAY_MS, 'admin-consent': 7 * DAY_MS }
const MOST_LISTED = 200

export interface NewSignInLink {
  cloudProviderId: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  /** Address of the mailbox that a sign-in by the link has to open. */
  requestedAddress?: string | undefined
  /** The grant to renew, by the same person as before. */
  reconnectGrantId?: GrantId | undefined
}

export type SignInLinkState = 'open' | 'used' | 'revoked' | 'expired'

/** Displayable fields of a link. The URL is returned only on creation. */
export interface SignInLink extends NewSignInLink {
  id: SignInLinkId
  state: SignInLinkState
  createdBy: string
  createdAt: Date
  expiresAt: Date
  usedAt: Date | undefined
  /** User who signed in; for a consent, the id of the organization. */
  usedBy: string | undefined
  /** Time at which a redirect reported the consent. A token has to prove it later, which uses up the link. */
  consentReportedAt: Date | undefined
  /** True for the link of a connect session. Without an address, it is for the mailbox of the person who signs in. */
  isHosted: boolean
}

/** The link of a connect session. Its token is derived by that session, which returns it again when asked. */
export interface HostedLink {
  id: SignInLinkId
  token: Secret
  cloudProviderId: CloudProviderId
  requestedAddress: string | undefined
  createdBy: string
  expiresAt: Date
}

/** Runs in the transaction that keeps the sign-in of a hosted link. Nothing is kept when it throws. */
export type HostedLinkHook = (tx: Tx, signedIn: HostedSignIn) => Promise<void>

export interface HostedSignIn {
  id: SignInLinkId
  usedBy: string
  grantId: GrantId
  /** Hash of the session of the browser that began and completed the sign-in. */
  browserHash: Uint8Array
}

/** Information for the recipient of a link, shown before the redirect to Microsoft. */
export interface SignInLinkPreview {
  link: SignInLink
  cloudProviderName: string
  clientId: string
  /** User who has to sign in, for a renewal. */
  expectedUserName: string | undefined
  permissions: readonly Pick<Permission, 'value' | 'purpose'>[]
}

export interface SignInLinks {
  /**
   * Creates a link and revokes an open one for the same purpose, so that only the latest works.
   *
   * @throws {AppError} `cloud_providers.not_found`, `tokens.grant_not_found`, `tokens.sign_in_link_unbound`
   */
  create(wanted: NewSignInLink, actor: string): Promise<{ link: SignInLink; url: Secret }>
  /** Entries in descending order, newest first. */
  list(): Promise<SignInLink[]>
  revoke(id: SignInLinkId, actor: string): Promise<void>
  /** Revokes all open links of a maker who may no longer create any. */
  revokeAllOf(tx: Tx, maker: string, actor: string): Promise<void>
  /**
   * @param hostedKind  kind of the mailbox of a connect session, whose token works only with it
   * @throws {AppError} `tokens.sign_in_link_over` for a link that is unknown, used, revoked or expired
   */
  look(token: Secret, hostedKind?: 'user' | 'shared'): Promise<SignInLinkPreview>
  addHosted(tx: Tx, link: HostedLink): Promise<void>
  revokeHosted(tx: Tx, id: SignInLinkId): Promise<void>
  /** Returns those of these links that are used, with the user who signed in. */
  listUsed(ids: readonly SignInLinkId[]): Promise<{ id: SignInLinkId; usedBy: string | undefined }[]>
  onHostedSignIn(hook: HostedLinkHook): void
}

/** A sign-in with its grant and its browser, or a consent. */
export interface LinkSuccess {
  usedBy: string
  grantId?: GrantId | undefined
  browserHash?: Uint8Array | undefined
}

/** Functions for use within this room. */
export interface UsableSignInLinks extends SignInLinks {
  open(token: Secret, isHosted?: boolean): Promise<SignInLink>
  find(id: SignInLinkId): Promise<SignInLink | undefined>
  /** Records that a redirect reported the consent. The link stays open until a token proves it. */
  reportConsent(tx: Tx, id: SignInLinkId): Promise<void>
  /** Uses up the link. A sign-in started in time may end after the link has expired, within its own ten minutes. */
  use(tx: Tx, id: SignInLinkId, success: LinkSuccess): Promise<void>
}

export interface SignInLinksDeps {
  database: Database
  clock: Clock
  cloudProviders: CloudProviders
  readGrant: (id: GrantId) => Promise<GrantSummary>
  audit: AuditLog
  events: Pick<Events, 'append'>
  publicUrl: string
}

type OpenLinks = UpdateQueryBuilder<Schema, 'sign_in_links', 'sign_in_links', UpdateResult>
type LinkRow = Selectable<Schema['sign_in_links']>

export function createSignInLinks(deps: SignInLinksDeps): UsableSignInLinks {
  const { database, clock, cloudProviders, readGrant, audit, events, publicUrl } = deps
  const { db } = database

  async function open(token: Secret, isHosted = false): Promise<SignInLink> {
    const row = await db
      .selectFrom('sign_in_links')
      .selectAll()
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst()
    const link = row && fromRow(row)
    if (link?.state !== 'open' || link.isHosted !== isHosted) throw new AppError('tokens.sign_in_link_over')
    return link
  }

  let hostedHook: HostedLinkHook = () => Promise.reject(new TypeError('no room hosts links'))

  async function revokeOpenOnes(tx: Tx, which: (links: OpenLinks) => OpenLinks, actor: string): Promise<void> {
    const open = tx
      .updateTable('sign_in_links')
      .set({ revoked_at: clock.now() })
      .where('revoked_at', 'is', null)
      .where('used_at', 'is', null)
      .where('is_hosted', '=', false)
    const revoked = await which(open).returning('id').execute()
    for (const { id } of revoked) await audit.record(tx, { actor, action: 'sign_in_link.revoked', subject: id })
  }

  function stateOf(row: LinkRow): SignInLinkState {
    if (row.used_at !== null) return 'used'
    if (row.revoked_at !== null) return 'revoked'
    return row.expires_at <= clock.now() ? 'expired' : 'open'
  }

  const fromRow = (row: LinkRow): SignInLink => ({
    id: row.id,
    cloudProviderId: row.cloud_provider_id,
    kind: row.kind,
    requestedAddress: row.wanted_address ?? undefined,
    reconnectGrantId: row.reconnect_grant_id ?? undefined,
    state: stateOf(row),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at ?? undefined,
    usedBy: row.used_by ?? undefined,
    consentReportedAt: row.consent_reported_at ?? undefined,
    isHosted: row.is_hosted,
  })

  return {
    open,

    async create({ cloudProviderId, kind, requestedAddress, reconnectGrantId }, actor) {
      if (kind === 'sign-in' && requestedAddress === undefined && reconnectGrantId === undefined) {
        throw new AppError('tokens.sign_in_link_unbound', { field: 'requestedAddress' })
      }
      await cloudProviders.get(cloudProviderId)
      const grant = reconnectGrantId === undefined ? undefined : await readGrant(reconnectGrantId)
      if (grant && grant.cloudProviderId !== cloudProviderId) throw new AppError('tokens.grant_not_found')
      const id = newId<SignInLinkId>()
      const token = randomBytes(32).toString('base64url')
      const now = clock.now()
      const row = await database.creation(async (tx) => {
        const detail = { cloudProviderId, kind, requestedAddress, reconnectGrantId }
        await revokeOpenOnes(
          tx,
          (links) =>
            links
              .where('cloud_provider_id', '=', cloudProviderId)
              .where('kind', '=', kind)
              .where((eb) => eb(eb.fn('lower', ['wanted_address']), 'is not distinct from', lowered(requestedAddress)))
              .where('reconnect_grant_id', 'is not distinct from', reconnectGrantId ?? null),
          actor,
        )
        await audit.record(tx, { actor, action: 'sign_in_link.created', subject: id, detail })
        return tx
          .insertInto('sign_in_links')
          .values({
            id,
            token_hash: hashOf(new Secret(token)),
            cloud_provider_id: cloudProviderId,
            kind,
            wanted_address: requestedAddress ?? null,
            reconnect_grant_id: reconnectGrantId ?? null,
            created_by: actor,
            created_at: now,
            expires_at: new Date(now.getTime() + LIFETIME_MS[kind]),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
      })
      // The token is in the fragment, which is neither sent to a server nor logged by a proxy (RFC 3986 §3.5).
      return { link: fromRow(row), url: new Secret(new URL(`/sign-in-link#${token}`, publicUrl).href) }
    },

    async list() {
      const rows = await db
        .selectFrom('sign_in_links')
        .selectAll()
        .where('is_hosted', '=', false)
        .orderBy('created_at', 'desc')
        .limit(MOST_LISTED)
        .execute()
      return rows.map(fromRow)
    },

    revoke: (id, actor) =>
      database.transaction((tx) => revokeOpenOnes(tx, (links) => links.where('id', '=', id), actor)),

    revokeAllOf: (tx, maker, actor) => revokeOpenOnes(tx, (links) => links.where('created_by', '=', maker), actor),

    async look(token, hostedKind) {
      const link = await open(token, hostedKind !== undefined)
      const provider = await cloudProviders.get(link.cloudProviderId)
      const permissions = [...permissionsFor(usualPermissions(provider, hostedKind)), ...SIGN_IN_PERMISSIONS]
      return {
        link,
        cloudProviderName: provider.name,
        clientId: provider.clientId,
        expectedUserName: link.reconnectGrantId && (await readGrant(link.reconnectGrantId)).userName,
        permissions: permissions.map(({ value, purpose }) => ({ value, purpose })),
      }
    },

    async addHosted(tx, { id, token, cloudProviderId, requestedAddress, createdBy, expiresAt }) {
      await tx
        .insertInto('sign_in_links')
        .values({
          id,
          token_hash: hashOf(token),
          cloud_provider_id: cloudProviderId,
          kind: 'sign-in',
          wanted_address: requestedAddress ?? null,
          reconnect_grant_id: null,
          created_by: createdBy,
          created_at: clock.now(),
          expires_at: expiresAt,
          is_hosted: true,
        })
        .execute()
    },

    async revokeHosted(tx, id) {
      await tx
        .updateTable('sign_in_links')
        .set({ revoked_at: clock.now() })
        .where('id', '=', id)
        .where('is_hosted', '=', true)
        .where('revoked_at', 'is', null)
        .where('used_at', 'is', null)
        .execute()
    },

    async listUsed(ids) {
      if (ids.length === 0) return []
      const query = db.selectFrom('sign_in_links').select(['id', 'used_by']).where('id', 'in', ids)
      const rows = await query.where('used_at', 'is not', null).execute()
      return rows.map(({ id, used_by: usedBy }) => ({ id, usedBy: usedBy ?? undefined }))
    },

    onHostedSignIn(hook) {
      hostedHook = hook
    },

    async find(id) {
      const row = await db.selectFrom('sign_in_links').selectAll().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },

    async reportConsent(tx, id) {
      await tx.updateTable('sign_in_links').set({ consent_reported_at: clock.now() }).where('id', '=', id).execute()
    },

    async use(tx, id, { usedBy, grantId, browserHash }) {
      const now = clock.now()
      // Only the first of two concurrent results succeeds, and none after the link was revoked.
      const row = await tx
        .updateTable('sign_in_links')
        .set({ used_at: now, used_by: usedBy })
        .where('id', '=', id)
        .where('used_at', 'is', null)
        .where('revoked_at', 'is', null)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw new AppError('tokens.sign_in_link_over')
      if (row.is_hosted) {
        if (grantId === undefined || browserHash === undefined) {
          throw new TypeError('a hosted link is only for sign-ins in a browser')
        }
        await hostedHook(tx, { id, usedBy, grantId, browserHash })
      }
      const detail = { createdBy: row.created_by, usedBy, kind: row.kind, grantId }
      await audit.record(tx, { actor: `link:${id}`, action: 'sign_in_link.used', subject: id, detail })
      await events.append(tx, { kind: 'sign_in_link.used', subjectId: id, payload: detail, at: now })
    },
  }
}

const lowered = (address: string | undefined): string | null => address?.toLowerCase() ?? null

function hashOf(token: Secret): Buffer {
  return createHash('sha256').update(token.reveal()).digest()
}
