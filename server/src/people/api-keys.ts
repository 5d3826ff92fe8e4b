import { createHash, randomBytes } from 'node:crypto'
import { sql, type Selectable } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { createBatches } from '../kernel/batches.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText, type ErrorCode } from '../kernel/errors.ts'
import { newId, type ApiKeyId, type EmailAccountId, type PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createNetworkTest } from '../kernel/networks.ts'
import { Secret } from '../kernel/secret.ts'
import type { Audit } from '../audit/index.ts'
import type { KeyNetworks, KeyRefusal } from './key-networks.ts'
import type { ApiKeyScope } from './person.ts'
import type { NoteRefusedAccess } from './refused-access.ts'
import { createRefusedUses } from './refused-uses.ts'
import { TEXTS } from './texts.ts'

/** API key for a program. It never has more rights than the admin who created it. */
export interface ApiKey {
  id: ApiKeyId
  name: string
  /** Beginning of the key, to distinguish keys. */
  prefix: string
  scopes: readonly ApiKeyScope[]
  /** Accessible mailboxes; `all` includes future ones. */
  emailAccountIds: readonly EmailAccountId[] | 'all'
  /** Networks from which the key is accepted, as CIDR; empty: from everywhere. */
  allowedNetworks: readonly string[]
  /** Owner; the key is revoked when they are removed or no longer an admin. */
  createdBy: PersonId
  createdByName: string
  createdAt: Date
  /** Undefined for a key that never expires. */
  expiresAt: Date | undefined
  lastUsedAt: Date | undefined
  revokedAt: Date | undefined
}

/** Lifetimes of a key in days. */
const DAYS_OF = { '30-days': 30, '90-days': 90, '1-year': 365, never: undefined } as const

export type KeyLifetime = keyof typeof DAYS_OF

export const KEY_LIFETIMES = Object.keys(DAYS_OF) as [KeyLifetime, ...KeyLifetime[]]

/** For keys whose admin chooses none. */
export const DEFAULT_KEY_LIFETIME = '1-year' satisfies KeyLifetime

/** Networks of one key; the database has the same limit. */
export const MAX_KEY_NETWORKS = 20

export interface ApiKeyInput {
  name: string
  scopes: readonly ApiKeyScope[]
  emailAccountIds: readonly EmailAccountId[] | 'all'
  /** {@link DEFAULT_KEY_LIFETIME} by default. */
  expiresAfter?: KeyLifetime
  /** Valid CIDR; every network by default. */
  allowedNetworks?: readonly string[]
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
  /**
   * Returns the active key and records its use, or undefined for any other text.
   *
   * @param clientAddress  address of the client, determined behind trusted proxies
   * @throws AppError `people.api_key_expired`, `people.api_key_network_refused`
   */
  find(key: Secret, clientAddress: string): Promise<ApiKey | undefined>
}

/** Prefix of every key, so that scanners for leaked secrets can recognize it. */
const KEY_START = 'postkey_'
const PREFIX_LENGTH = KEY_START.length + 6
/** Precision of the last use, one minute: a busy program must not write a row with each request. */
const LAST_USE_STEP_MS = 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000

export interface ApiKeysDeps {
  database: Database
  clock: Clock
  audit: Audit
  log: Log
  noteRefusedAccess: NoteRefusedAccess
  networks: KeyNetworks
}

export function createApiKeys({ database, clock, audit, log, noteRefusedAccess, networks }: ApiKeysDeps): ApiKeys {
  const { db } = database
  const noteRefusedUse = createRefusedUses({ clock, log })

  /** Concurrent requests share a read, which starts after they have arrived. */
  const readByHash = createBatches(
    async (hashes: readonly Buffer[]) => {
      const rows = await db
        .selectFrom('api_keys')
        .innerJoin('users', 'users.id', 'api_keys.created_by')
        .selectAll('api_keys')
        .select(['users.name as owner', 'users.role', 'users.removed_at'])
        .where(
          sql<boolean>`api_keys.key_hash = ANY(${[...new Map(hashes.map((hash) => [named(hash), hash])).values()]}::bytea[])`,
        )
        .execute()
      const byHash = new Map(rows.map((row) => [named(row.key_hash), row]))
      return hashes.map((hash) => byHash.get(named(hash)))
    },
    { gathers: true },
  )

  return {
    create: (
      { name, scopes, emailAccountIds, expiresAfter, allowedNetworks = [] },
      createdBy,
      actor = `person:${createdBy}`,
    ) =>
      database.creation(async (tx) => {
        // Locked, so that a key is either refused here or revoked by the loss of the role.
        const creator = await tx
          .selectFrom('users')
          .select(['role', 'name'])
          .where('id', '=', createdBy)
          .where('removed_at', 'is', null)
          .forShare()
          .executeTakeFirst()
        if (creator?.role !== 'admin') throw new AppError('people.key_exceeds_creator')
        const now = clock.now()
        const days = DAYS_OF[expiresAfter ?? DEFAULT_KEY_LIFETIME]
        const expiresAt = days === undefined ? null : new Date(now.getTime() + days * DAY_MS)
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
            allowed_networks: [...allowedNetworks],
            created_by: createdBy,
            created_at: now,
            expires_at: expiresAt,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        await audit.record(tx, {
          actor,
          action: 'api_key.created',
          subject: row.id,
          detail: {
            name,
            prefix: row.prefix,
            scopes,
            emailAccountIds,
            expiresAt: expiresAt?.toISOString() ?? null,
            allowedNetworks,
          },
        })
        return { ...toApiKey({ ...row, owner: creator.name }), key: new Secret(key) }
      }),

    async list() {
      const rows = await db
        .selectFrom('api_keys')
        .innerJoin('users', 'users.id', 'api_keys.created_by')
        .selectAll('api_keys')
        .select('users.name as owner')
        .orderBy('api_keys.created_at', 'desc')
        .execute()
      return rows.map(toApiKey)
    },

    revoke: (id, actor) =>
      database.transaction(async (tx) => {
        const revoked = await tx
          .updateTable('api_keys')
          .set({ revoked_at: clock.now() })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returningAll()
          .returning((e) => e.selectFrom('users').select('name').whereRef('id', '=', 'created_by').as('owner'))
          .executeTakeFirst()
        if (!revoked) throw new AppError('people.not_found')
        const { prefix } = revoked
        await audit.record(tx, { actor, action: 'api_key.revoked', subject: id, detail: { prefix } })
        return toApiKey({ ...revoked, owner: revoked.owner ?? '' })
      }),

    async find(key, clientAddress) {
      const row = key.reveal().startsWith(KEY_START) ? await readByHash(hashOf(key.reveal())) : undefined
      if (!row) {
        noteRefusedAccess({ clientAddress, method: 'api-key', reason: 'http.not_signed_in' })
        return undefined
      }

      const now = clock.now()
      const { prefix } = row
      const used = { id: row.id, name: row.name, prefix, owner: row.created_by as PersonId }
      const refuse = async (code: ErrorCode, reason: KeyRefusal) => {
        noteRefusedAccess({ clientAddress, method: 'api-key', reason: code })
        if (noteRefusedUse({ apiKeyId: row.id, prefix, clientAddress, code })) {
          await networks.refused(used, reason, clientAddress)
        }
      }
      // A key of a former admin is refused: it must not keep the rights of an admin.
      if (row.revoked_at || row.removed_at || row.role !== 'admin') {
        await refuse('http.not_signed_in', 'revoked')
        return undefined
      }
      if (row.expires_at && row.expires_at <= now) {
        await refuse('people.api_key_expired', 'expired')
        throw new AppError('people.api_key_expired', { detail: fillText(TEXTS.keyExpired, { prefix }) })
      }
      if (row.allowed_networks.length > 0 && !createNetworkTest(row.allowed_networks)(clientAddress)) {
        await refuse('people.api_key_network_refused', 'network')
        const detail = fillText(TEXTS.keyFromElsewhere, { prefix, address: clientAddress })
        throw new AppError('people.api_key_network_refused', { detail })
      }
      await networks.used(used, clientAddress)
      const usedBefore = new Date(now.getTime() - LAST_USE_STEP_MS)
      if (!row.last_used_at || row.last_used_at <= usedBefore) {
        // The condition is checked again, so that concurrent requests write once.
        await db
          .updateTable('api_keys')
          .set({ last_used_at: now })
          .where('id', '=', row.id)
          .where((e) => e.or([e('last_used_at', 'is', null), e('last_used_at', '<=', usedBefore)]))
          .execute()
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

function toApiKey(row: Selectable<Schema['api_keys']> & { owner: string }): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes as ApiKeyScope[],
    emailAccountIds: row.email_account_ids ?? 'all',
    allowedNetworks: row.allowed_networks,
    createdBy: row.created_by as PersonId,
    createdByName: row.owner,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }
}
