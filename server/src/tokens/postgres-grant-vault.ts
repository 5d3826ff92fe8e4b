import type { Selectable } from 'kysely'
import type { Resource } from '../cloud-providers/index.ts'
import { type Database, isUniqueViolation, type Schema, type Tx } from '../database/index.ts'
import { AppError, type Upstream } from '../kernel/errors.ts'
import { type CloudProviderId, type GrantId, newId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { GrantVault, SaveGrant } from './grant-vault.ts'
import type { AccessToken, Grant, GrantSummary } from './grant.ts'

export interface PostgresGrantVault extends GrantVault {
  /** Without opening anything, as `list`. */
  summary(id: GrantId): Promise<GrantSummary>

  list(cloudProviderId: CloudProviderId | undefined): Promise<GrantSummary[]>

  /**
   * Keeps what a person just consented to: renews their grant with this registration or adds their first. One person
   * has one grant there, however often they sign in and however many mailboxes it opens. `also` is done in the same
   * transaction; when it throws, nothing is kept.
   */
  keep(grant: Omit<Grant, 'id' | 'version'>, also?: AlsoDone): Promise<KeptGrant>

  /**
   * Under the lock, so that no refresh that is under way saves into what is gone. Opens nothing: also what was sealed
   * with a key that is lost can be removed.
   */
  remove(id: GrantId, also: (tx: Tx, removed: GrantSummary) => Promise<void>): Promise<void>
}

export interface KeptGrant {
  id: GrantId
  renewed: boolean
}

type AlsoDone = (tx: Tx, kept: KeptGrant) => Promise<void>

type GrantRow = Selectable<Schema['grants']>

export function createPostgresGrantVault(database: Database, keyRing: KeyRing): PostgresGrantVault {
  const { db } = database
  const refreshContext = (id: GrantId) => `grants.refresh_token:${id}`
  const accessContext = (id: GrantId, resource: Resource) => `access_tokens.sealed:${id}:${resource}`

  async function read(id: GrantId): Promise<Grant> {
    // One statement, so that grant and tokens are of the same moment.
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
      ])
      .where('grants.id', '=', id)
      .execute()
    const [row] = rows
    if (!row) throw new AppError('tokens.grant_not_found')

    const accessTokens: Partial<Record<Resource, AccessToken>> = {}
    for (const { resource, sealed, access_key_id: keyId, scope, expires_at: expiresAt } of rows) {
      if (resource === null || sealed === null || keyId === null || scope === null || expiresAt === null) continue
      const value = keyRing.open({ sealed, keyId }, accessContext(id, resource))
      accessTokens[resource] = { value, resource, scope, expiresAt }
    }
    return {
      ...summaryOf(row),
      version: row.version,
      refreshToken: keyRing.open({ sealed: row.refresh_token, keyId: row.key_id }, refreshContext(id)),
      accessTokens,
    }
  }

  async function summary(id: GrantId): Promise<GrantSummary> {
    const row = await db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('tokens.grant_not_found')
    return summaryOf(row)
  }

  async function save(grant: Grant, also: (tx: Tx) => Promise<void> = () => Promise.resolve()): Promise<Grant> {
    const { sealed, keyId } = keyRing.seal(grant.refreshToken, refreshContext(grant.id))
    await database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('grants')
        .set({
          user_name: grant.userName,
          display_name: grant.displayName,
          scopes_wanted: [...grant.scopesWanted],
          scopes_granted: [...grant.scopesGranted],
          refresh_token: sealed,
          key_id: keyId,
          refresh_token_at: grant.refreshTokenAt,
          ended_at: grant.ended?.at ?? null,
          ended_upstream: grant.ended?.upstream ? JSON.stringify(grant.ended.upstream) : null,
          version: grant.version + 1,
        })
        .where('id', '=', grant.id)
        .where('version', '=', grant.version)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw new AppError('tokens.grant_changed')
      await saveAccessTokens(tx, grant.id, grant.accessTokens)
      await also(tx)
    })
    return { ...grant, version: grant.version + 1 }
  }

  async function saveAccessTokens(tx: Tx, id: GrantId, tokens: Grant['accessTokens']): Promise<void> {
    await tx.deleteFrom('access_tokens').where('grant_id', '=', id).execute()
    for (const { value, resource, scope, expiresAt } of Object.values(tokens)) {
      const { sealed, keyId } = keyRing.seal(value, accessContext(id, resource))
      await tx
        .insertInto('access_tokens')
        .values({ grant_id: id, resource, sealed, key_id: keyId, scope: [...scope], expires_at: expiresAt })
        .execute()
    }
  }

  async function add(grant: Omit<Grant, 'id' | 'version'>, also: AlsoDone): Promise<KeptGrant> {
    const kept = { id: newId<GrantId>(), renewed: false }
    const { id } = kept
    const { sealed, keyId } = keyRing.seal(grant.refreshToken, refreshContext(id))
    await database.transaction(async (tx) => {
      await tx
        .insertInto('grants')
        .values({
          id,
          cloud_provider_id: grant.cloudProviderId,
          tenant_id: grant.tenantId,
          object_id: grant.objectId,
          user_name: grant.userName,
          display_name: grant.displayName,
          scopes_wanted: [...grant.scopesWanted],
          scopes_granted: [...grant.scopesGranted],
          refresh_token: sealed,
          key_id: keyId,
          refresh_token_at: grant.refreshTokenAt,
          created_at: grant.createdAt,
        })
        .execute()
      await saveAccessTokens(tx, id, grant.accessTokens)
      await also(tx, kept)
    })
    return kept
  }

  const exclusively = <T>(id: GrantId, work: (grant: Grant, save: SaveGrant) => Promise<T>): Promise<T> =>
    database.withLock(`grant:${id}`, async () => work(await read(id), (grant) => save(grant)))

  function findByPerson({ cloudProviderId, tenantId, objectId }: Omit<Grant, 'id' | 'version'>) {
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

    async list(cloudProviderId) {
      let query = db.selectFrom('grants').selectAll().orderBy('user_name').orderBy('id')
      if (cloudProviderId !== undefined) query = query.where('cloud_provider_id', '=', cloudProviderId)
      return (await query.execute()).map(summaryOf)
    },

    async keep(fresh, also = () => Promise.resolve()) {
      let known = await findByPerson(fresh)
      if (!known) {
        try {
          return await add(fresh, also)
        } catch (error) {
          // The same person in two browsers: the other one was first.
          if (!isUniqueViolation(error)) throw error
          known = await findByPerson(fresh)
          if (!known) throw error
        }
      }
      const kept = { id: known.id, renewed: true }
      await exclusively(kept.id, async (old) => {
        const { createdAt: _first, ...renewal } = fresh
        const scopesWanted = [...new Set([...old.scopesWanted, ...fresh.scopesWanted])]
        const renewed = { ...old, ...renewal, scopesWanted, ended: undefined, id: kept.id, version: old.version }
        await save(renewed, (tx) => also(tx, kept))
      })
      return kept
    },

    summary,

    remove: (id, also) =>
      database.withLock(`grant:${id}`, async () => {
        const removed = await summary(id)
        await database.transaction(async (tx) => {
          await tx.deleteFrom('grants').where('id', '=', id).execute()
          await also(tx, removed)
        })
      }),
  }
}

function summaryOf(row: GrantRow): GrantSummary {
  return {
    id: row.id,
    cloudProviderId: row.cloud_provider_id,
    tenantId: row.tenant_id,
    objectId: row.object_id,
    userName: row.user_name,
    displayName: row.display_name,
    scopesWanted: row.scopes_wanted,
    scopesGranted: row.scopes_granted,
    refreshTokenAt: row.refresh_token_at,
    createdAt: row.created_at,
    ended:
      row.ended_at === null
        ? undefined
        : { at: row.ended_at, upstream: (row.ended_upstream ?? undefined) as Upstream | undefined },
  }
}
