import { createHash, randomBytes } from 'node:crypto'
import { sql, type Selectable } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { createBatches } from '../kernel/batches.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type ApiKeyId, type EmailAccountId, type PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import type { Audit } from '../audit/index.ts'
import type { ApiKeyScope } from './person.ts'

/** API key for a program. It never has more rights than the admin who created it. */
export interface ApiKey {
  id: ApiKeyId
  name: string
  /** Beginning of the key, to distinguish keys. */
  prefix: string
  scopes: readonly ApiKeyScope[]
  /** Accessible mailboxes; `all` includes future ones. */
  emailAccountIds: readonly EmailAccountId[] | 'all'
  createdBy: PersonId
  createdAt: Date
  lastUsedAt: Date | undefined
  revokedAt: Date | undefined
}

export interface ApiKeyInput {
  name: string
  scopes: readonly ApiKeyScope[]
  emailAccountIds: readonly EmailAccountId[] | 'all'
}

export interface CreatedApiKey extends ApiKey {
  /** Shown once; only its hash is stored. */
  key: Secret
}

export interface ApiKeys {
  /**
   * `createdBy` is the admin whose rights bound the key; `actor`, by default that admin, goes into the audit list.
   *
   * @throws AppError `people.key_exceeds_creator` for a person who isn't an admin
   */
  create(input: ApiKeyInput, createdBy: PersonId, actor?: string): Promise<CreatedApiKey>
  list(): Promise<ApiKey[]>
  /** Returns the revoked key. */
  revoke(id: ApiKeyId, actor: string): Promise<ApiKey>
  /** Returns the active key, or undefined for any other text. */
  find(key: Secret): Promise<ApiKey | undefined>
}

/** Prefix of every key, so that scanners for leaked secrets can recognize it. */
const KEY_START = 'postkey_'
const PREFIX_LENGTH = KEY_START.length + 6
/** Precision of the last use, one minute: a busy program must not write a row with each request. */
const LAST_USE_STEP_MS = 60 * 1000

export function createApiKeys({ database, clock, audit }: { database: Database; clock: Clock; audit: Audit }): ApiKeys {
  const { db } = database

  /** Concurrent requests share a read, which starts after they have arrived. */
  const readByHash = createBatches(
    async (hashes: readonly Buffer[]) => {
      const rows = await db
        .selectFrom('api_keys')
        .innerJoin('users', 'users.id', 'api_keys.created_by')
        .selectAll('api_keys')
        .where(
          sql<boolean>`api_keys.key_hash = ANY(${[...new Map(hashes.map((hash) => [named(hash), hash])).values()]}::bytea[])`,
        )
        .where('api_keys.revoked_at', 'is', null)
        // A key of a former admin is refused: it must not keep the rights of an admin.
        .where('users.role', '=', 'admin')
        .where('users.removed_at', 'is', null)
        .execute()
      const byHash = new Map(rows.map((row) => [named(row.key_hash), row]))
      return hashes.map((hash) => byHash.get(named(hash)))
    },
    { gathers: true },
  )

  return {
    create: ({ name, scopes, emailAccountIds }, createdBy, actor = `person:${createdBy}`) =>
      database.transaction(async (tx) => {
        // Locked, so that a key is either refused here or revoked by the loss of the role.
        const creator = await tx
          .selectFrom('users')
          .select('role')
          .where('id', '=', createdBy)
          .where('removed_at', 'is', null)
          .forShare()
          .executeTakeFirst()
        if (creator?.role !== 'admin') throw new AppError('people.key_exceeds_creator')
        const key = KEY_START + randomBytes(32).toString('base64url')
        const row = await tx
          .insertInto('api_keys')
          .values({
            id: newId<ApiKeyId>(),
            name,
            key_hash: hashOf(key),
            prefix: key.slice(0, PREFIX_LENGTH),
            scopes: [...scopes],
            email_account_ids: emailAccountIds === 'all' ? null : [...emailAccountIds],
            created_by: createdBy,
            created_at: clock.now(),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        await audit.record(tx, {
          actor,
          action: 'api_key.created',
          subject: row.id,
          detail: { name, prefix: row.prefix, scopes, emailAccountIds },
        })
        return { ...toApiKey(row), key: new Secret(key) }
      }),

    async list() {
      return (await db.selectFrom('api_keys').selectAll().orderBy('created_at', 'desc').execute()).map(toApiKey)
    },

    revoke: (id, actor) =>
      database.transaction(async (tx) => {
        const revoked = await tx
          .updateTable('api_keys')
          .set({ revoked_at: clock.now() })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returningAll()
          .executeTakeFirst()
        if (!revoked) throw new AppError('people.not_found')
        const { prefix } = revoked
        await audit.record(tx, { actor, action: 'api_key.revoked', subject: id, detail: { prefix } })
        return toApiKey(revoked)
      }),

    async find(key) {
      if (!key.reveal().startsWith(KEY_START)) return undefined
      const row = await readByHash(hashOf(key.reveal()))
      if (!row) return undefined

      const now = clock.now()
      if (!row.last_used_at || now.getTime() - row.last_used_at.getTime() >= LAST_USE_STEP_MS) {
        await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', row.id).execute()
      }
      return toApiKey(row)
    },
  }
}

/** Hashes a key. It has 256 random bits and can't be guessed, so neither salt nor slow hash is needed. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function named(hash: Buffer): string {
  return hash.toString('base64')
}

function toApiKey(row: Selectable<Schema['api_keys']>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes as ApiKeyScope[],
    emailAccountIds: row.email_account_ids ?? 'all',
    createdBy: row.created_by as PersonId,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }
}
