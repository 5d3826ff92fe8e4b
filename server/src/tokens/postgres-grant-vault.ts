import { openOrGiveUp, type Resource } from '../cloud-providers/index.ts'
import { createRowCache, type Database, isUniqueViolation, type Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type CloudProviderId, type GrantId, newId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { toColumns, type GrantRow, type GrantWithoutTokens, toGrantSummary, withoutTokens } from './grant-rows.ts'
import { afterFailure, afterSuccess } from './grant-states.ts'
import type { GrantVault, Refreshed, SaveGrant } from './grant-vault.ts'
import type { AccessToken, Grant, GrantSummary, KeptTokens } from './grant.ts'
import type { Events } from '../events/index.ts'

export interface PostgresGrantVault extends GrantVault {
  /** Returns the summary without decrypting anything; so does `list`. */
  summary(id: GrantId): Promise<GrantSummary>

  /** As `read` without the refresh token, and `summary`, but kept in memory until a process changes a grant. Before `start`, each is read. */
  readKept(id: GrantId): Promise<KeptTokens>
  keptSummary(id: GrantId): Promise<GrantSummary>
  start(): Promise<void>
  stop(): Promise<void>

  list(cloudProviderId: CloudProviderId | undefined): Promise<GrantSummary[]>

  /** Claims that the next sign-in has to prove, as JSON. */
  claimsForSignIn(id: GrantId): Promise<string | undefined>

  /**
   * Stores the result of a sign-in: renews the person's grant for this registration, or adds their first. A person has
   * one grant per registration, for any number of sign-ins and mailboxes. Values sealed with a lost key are replaced
   * without being opened. `also` runs in the same transaction; if it throws, nothing is stored.
   */
  keep(fresh: FreshGrant, also?: AlsoDone): Promise<KeptGrant>

  /**
   * Removes a grant under its lock, so that no running refresh saves into it. Opens nothing, so grants sealed with a
   * lost key can be removed too.
   */
  remove(id: GrantId, also: (tx: Tx, removed: GrantSummary) => Promise<void>): Promise<void>
}

/** Result of a sign-in. The other fields of a grant are derived. */
export type FreshGrant = Pick<
  Grant,
  | 'cloudProviderId'
  | 'tenantId'
  | 'objectId'
  | 'userName'
  | 'displayName'
  | 'scopesRequested'
  | 'scopesGranted'
  | 'refreshToken'
  | 'refreshTokenAt'
  | 'refreshTokenEndsAt'
  | 'refreshDueAt'
  | 'createdAt'
  | 'cloud'
  | 'authority'
  | 'accessTokens'
>

export interface KeptGrant {
  id: GrantId
  renewed: boolean
}

type AlsoDone = (tx: Tx, kept: KeptGrant) => Promise<void>

export interface VaultDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  events: Pick<Events, 'append'>
}

export function createPostgresGrantVault({ database, keyRing, clock, events }: VaultDeps): PostgresGrantVault {
  const { db } = database
  const grants = createRowCache<KeptTokens>(database, 'grants')
  const summaries = createRowCache<GrantSummary>(database, 'grants')
  const refreshContext = (id: GrantId) => `grants.refresh_token:${id}`
  const accessContext = (id: GrantId, resource: Resource) => `access_tokens.sealed:${id}:${resource}`

  async function read(id: GrantId): Promise<Grant> {
    // One statement, so that grant and tokens are consistent.
    const rows = await db
      .selectFrom('grants')
      .leftJoin('access_tokens', 'access_tokens.grant_id', 'grants.id')
      .selectAll('grants')
      .select([
        'access_tokens.resource',
        'access_tokens.sealed',
        'access_tokens.key_id as access_key_id',
        'access_tokens.scope',
        'access_tokens.expires_at',
        'access_tokens.refresh_due_at as access_due_at',
        'access_tokens.claims',
      ])
      .where('grants.id', '=', id)
      .execute()
    const [row] = rows
    if (!row) throw new AppError('tokens.grant_not_found')

    const { refresh_token: sealed, key_id: keyId } = row
    const refreshToken = await openOrGiveUp(db, keyRing, { sealed, keyId }, refreshContext(id))
    if (refreshToken instanceof AppError) throw await setUnreadable(row, refreshToken)

    const accessTokens: Partial<Record<Resource, AccessToken>> = {}
    for (const { resource, sealed, access_key_id: keyId, scope, expires_at: expiresAt, ...rest } of rows) {
      if (resource === null || sealed === null || keyId === null || scope === null || expiresAt === null) continue
      const value = await openOrGiveUp(db, keyRing, { sealed, keyId }, accessContext(id, resource))
      // The refresh token returns another one.
      if (value instanceof AppError) continue
      const [refreshDueAt, claims] = [rest.access_due_at ?? undefined, rest.claims ?? undefined]
      accessTokens[resource] = { value, resource, scope, expiresAt, refreshDueAt, claims }
    }
    return { ...withoutTokens(row), refreshToken, accessTokens }
  }

  async function rowOf(id: GrantId): Promise<GrantRow> {
    const row = await db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('tokens.grant_not_found')
    return row
  }

  const summary = async (id: GrantId): Promise<GrantSummary> => toGrantSummary(await rowOf(id))

  /** Marks a grant that no key opens. Only a new sign-in restores it; other grants continue. */
  async function setUnreadable(row: GrantRow, cause: AppError): Promise<AppError> {
    const error = new AppError('tokens.grant_unreadable', { cause })
    if (row.state_reason === error.code) return error
    const grant = withoutTokens(row)
    await database.transaction((tx) =>
      write(
        tx,
        afterFailure(grant, error, clock.now(), () => 0),
        {},
      ),
    )
    return error
  }

  /** Writes all fields except the tokens if the version is unchanged, and an event if the state changes. */
  async function write(tx: Tx, grant: GrantWithoutTokens, sealed: { refresh_token?: Buffer; key_id?: string }) {
    const before = await tx
      .selectFrom('grants')
      .select(['state', 'state_reason'])
      .where('id', '=', grant.id)
      .where('version', '=', grant.version)
      .forUpdate()
      .executeTakeFirst()
    if (!before) throw new AppError('tokens.grant_changed')
    await tx
      .updateTable('grants')
      .set({ ...toColumns(grant), ...sealed, version: grant.version + 1 })
      .where('id', '=', grant.id)
      .execute()
    const { id: subjectId, state: to, stateReason: reason } = grant
    if (before.state === to && (before.state_reason ?? undefined) === reason) return
    const payload = { from: before.state, to, reason: reason ?? null }
    await events.append(tx, { kind: 'grant.state_changed', subjectId, payload, at: clock.now() })
  }

  async function save(grant: Grant, also: (tx: Tx) => Promise<void> = () => Promise.resolve()): Promise<Grant> {
    const { sealed, keyId } = keyRing.seal(grant.refreshToken, refreshContext(grant.id))
    await database.transaction(async (tx) => {
      await write(tx, grant, { refresh_token: sealed, key_id: keyId })
      await saveAccessTokens(tx, grant.id, grant.accessTokens)
      await also(tx)
    })
    return { ...grant, version: grant.version + 1 }
  }

  async function saveAccessTokens(tx: Tx, id: GrantId, tokens: Grant['accessTokens']): Promise<void> {
    await tx.deleteFrom('access_tokens').where('grant_id', '=', id).execute()
    for (const { value, resource, scope, expiresAt, refreshDueAt, claims } of Object.values(tokens)) {
      const { sealed, keyId } = keyRing.seal(value, accessContext(id, resource))
      await tx
        .insertInto('access_tokens')
        .values({
          grant_id: id,
          resource,
          sealed,
          key_id: keyId,
          scope: [...scope],
          expires_at: expiresAt,
          refresh_due_at: refreshDueAt ?? null,
          claims: claims ?? null,
        })
        .execute()
    }
  }

  const saveRefreshed = (grant: Grant, refreshed?: Refreshed): Promise<Grant> =>
    save(grant, async (tx) => {
      if (!refreshed) return
      const payload = { ...refreshed }
      await events.append(tx, { kind: 'grant.refreshed', subjectId: grant.id, payload, at: clock.now() })
    })

  async function add(fresh: FreshGrant, also: AlsoDone): Promise<KeptGrant> {
    const kept = { id: newId<GrantId>(), renewed: false }
    const { id } = kept
    const { sealed, keyId } = keyRing.seal(fresh.refreshToken, refreshContext(id))
    await database.transaction(async (tx) => {
      await tx
        .insertInto('grants')
        .values({
          id,
          cloud_provider_id: fresh.cloudProviderId,
          tenant_id: fresh.tenantId,
          object_id: fresh.objectId,
          user_name: fresh.userName,
          display_name: fresh.displayName,
          scopes_wanted: [...fresh.scopesRequested],
          scopes_granted: [...fresh.scopesGranted],
          refresh_token: sealed,
          key_id: keyId,
          refresh_token_at: fresh.refreshTokenAt,
          refresh_token_ends_at: fresh.refreshTokenEndsAt ?? null,
          refresh_due_at: fresh.refreshDueAt,
          cloud: fresh.cloud ?? null,
          authority: fresh.authority ?? null,
          state: 'connected',
          state_since: fresh.createdAt,
          created_at: fresh.createdAt,
        })
        .execute()
      await saveAccessTokens(tx, id, fresh.accessTokens)
      await also(tx, kept)
    })
    return kept
  }

  /** Every change of a stored grant by this process happens under its lock. */
  const locked = <T>(id: GrantId, work: () => Promise<T>): Promise<T> =>
    database.withLock(`grant:${id}`, () => work().finally(forgetKept))

  function forgetKept(): void {
    grants.forget()
    summaries.forget()
  }

  const exclusively = <T>(id: GrantId, work: (grant: Grant, save: SaveGrant) => Promise<T>): Promise<T> =>
    locked(id, async () => work(await read(id), saveRefreshed))

  function findByPerson({ cloudProviderId, tenantId, objectId }: FreshGrant) {
    return db
      .selectFrom('grants')
      .select('id')
      .where('cloud_provider_id', '=', cloudProviderId)
      .where('tenant_id', '=', tenantId)
      .where('object_id', '=', objectId)
      .executeTakeFirst()
  }

  return {
    read,
    exclusively,

    async begin(grant, at) {
      const { numUpdatedRows } = await db
        .updateTable('grants')
        .set({ refresh_begun_at: at, version: grant.version + 1 })
        .where('id', '=', grant.id)
        .where('version', '=', grant.version)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw new AppError('tokens.grant_changed')
      return { ...grant, refreshBegunAt: at, version: grant.version + 1 }
    },

    async list(cloudProviderId) {
      let query = db.selectFrom('grants').selectAll().orderBy('user_name').orderBy('id')
      if (cloudProviderId !== undefined) query = query.where('cloud_provider_id', '=', cloudProviderId)
      return (await query.execute()).map(toGrantSummary)
    },

    summary,
    readKept: (id) =>
      grants.get(id, async () => {
        const { refreshToken: _refreshToken, ...kept } = await read(id)
        return kept
      }),
    keptSummary: (id) => summaries.get(id, () => summary(id)),
    async start() {
      await grants.start()
      await summaries.start()
    },
    async stop() {
      await grants.stop()
      await summaries.stop()
    },

    claimsForSignIn: async (id) => (await rowOf(id)).sign_in_claims ?? undefined,

    async keep(fresh, also = () => Promise.resolve()) {
      let known = await findByPerson(fresh)
      if (!known) {
        try {
          return await add(fresh, also)
        } catch (error) {
          // The same person signed in with two browsers; the other one was first.
          if (!isUniqueViolation(error)) throw error
          known = await findByPerson(fresh)
          if (!known) throw error
        }
      }
      const kept = { id: known.id, renewed: true }
      await locked(kept.id, async () => {
        const old = withoutTokens(await rowOf(kept.id))
        const { createdAt: now, ...renewal } = fresh
        const scopesRequested = [...new Set([...old.scopesRequested, ...fresh.scopesRequested])]
        const renewed = { ...old, ...renewal, scopesRequested, id: kept.id, version: old.version }
        await save(afterSuccess(renewed, 'signed-in', now), (tx) => also(tx, kept))
      })
      return kept
    },

    remove: (id, also) =>
      locked(id, async () => {
        const removed = toGrantSummary(await rowOf(id))
        await database.transaction(async (tx) => {
          await tx.deleteFrom('grants').where('id', '=', id).execute()
          await also(tx, removed)
        })
      }),
  }
}
