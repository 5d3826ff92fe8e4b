/** Networks from which API keys are used, and refused uses of keys, in the audit list. */
import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { Audit } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import { keyNetwork } from '../kernel/client-network.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ApiKeyId, PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createAttemptLimiter } from './attempt-limiter.ts'
import type { SecurityMail } from './security-mail.ts'

/** Remembered networks of one key. The one that was not used for the longest time is forgotten. */
export const MOST_KEY_NETWORKS = 50
const DAY_MS = 24 * 60 * 60 * 1000
/** Networks that need no statement for a day, or until the limit of entries renews. */
const MOST_CACHED = 10_000
/** Audit entries per hour: a key that is used everywhere must not fill the list. */
const ENTRIES = {
  'entries-of-key-networks': { points: 20, duration: 60 * 60 },
  'entries-of-refused-keys': { points: 10, duration: 60 * 60 },
} as const

/** The key of a use. */
export interface UsedKey {
  id: ApiKeyId
  name: string
  prefix: string
  owner: PersonId
}

/** A use that was noted. */
interface Noted {
  at: number
  forMs: number
}

export type KeyRefusal = 'revoked' | 'expired' | 'network'

export interface KeyNetworksDeps {
  database: Database
  clock: Clock
  audit: Audit
  securityMail: SecurityMail
  log: Log
}

export type KeyNetworks = ReturnType<typeof createKeyNetworks>

export function createKeyNetworks({ database, clock, audit, securityMail, log }: KeyNetworksDeps) {
  const noted = new LRUCache<string, Noted>({ max: MOST_CACHED })
  const limiters = {
    networks: createAttemptLimiter(database, 'entries-of-key-networks', ENTRIES['entries-of-key-networks']),
    refusals: createAttemptLimiter(database, 'entries-of-refused-keys', ENTRIES['entries-of-refused-keys']),
  }

  /** Returns 0 below the limit, and otherwise the milliseconds until it renews. */
  async function countEntry(kind: keyof typeof limiters, id: ApiKeyId): Promise<number> {
    try {
      await limiters[kind].consume(id)
      return 0
    } catch (reason) {
      // The library rejects with its result at the limit, and with the error of the database.
      if (reason instanceof RateLimiterRes) return Math.max(1, reason.msBeforeNext)
      throw reason
    }
  }

  /** Remembers a network. Returns true for a new one. */
  async function remember(tx: Tx, id: ApiKeyId, network: string, now: Date): Promise<boolean> {
    const row = await tx
      .insertInto('api_key_networks')
      .values({ api_key_id: id, network, last_used_at: now })
      .onConflict((conflict) => conflict.columns(['api_key_id', 'network']).doUpdateSet({ last_used_at: now }))
      // Zero for an inserted row.
      .returning(sql<boolean>`xmax = 0`.as('isNew'))
      .executeTakeFirstOrThrow()
    return row.isNew
  }

  async function forgetOldest(tx: Tx, id: ApiKeyId): Promise<void> {
    const surplus = tx
      .selectFrom('api_key_networks')
      .select('network')
      .where('api_key_id', '=', id)
      .orderBy('last_used_at', 'desc')
      .orderBy('network')
      .offset(MOST_KEY_NETWORKS)
    await tx.deleteFrom('api_key_networks').where('api_key_id', '=', id).where('network', 'in', surplus).execute()
  }

  /** Returns the milliseconds for which the network needs no other look. */
  async function record({ id, name, prefix, owner }: UsedKey, network: string, clientAddress: string): Promise<number> {
    const now = clock.now()
    const known = await database.db
      .selectFrom('api_key_networks')
      .select('network')
      .where('api_key_id', '=', id)
      .execute()
    const isKnown = known.some((row) => row.network === network)
    // Beyond the limit it isn't remembered, so that a later use has the entry and the email.
    const renewsInMs = isKnown ? 0 : await countEntry('networks', id)
    if (renewsInMs > 0) return Math.min(renewsInMs, DAY_MS)
    await database.transaction(async (tx) => {
      // Only one of several requests finds it new.
      if (!(await remember(tx, id, network, now))) return
      await forgetOldest(tx, id)
      const isFirst = known.length === 0
      const detail = { name, prefix, network, isFirst }
      await audit.record(tx, { actor: `api-key:${id}`, action: 'api_key.new_network_used', subject: id, detail })
      // The first use of a key is expected.
      if (!isFirst) await securityMail(tx, owner, { kind: 'key_used_from_new_network', name }, { clientAddress })
    })
    return DAY_MS
  }

  return {
    /** Notes a use. One that can't be stored doesn't refuse the request. */
    async used(key: UsedKey, clientAddress: string): Promise<void> {
      const network = keyNetwork(clientAddress)
      const cached = `${key.id} ${network}`
      const at = clock.now().getTime()
      const before = noted.get(cached)
      if (before && Math.abs(at - before.at) < before.forMs) return
      // At the start, so that concurrent requests from a network count as one.
      noted.set(cached, { at, forMs: DAY_MS })
      try {
        noted.set(cached, { at, forMs: await record(key, network, clientAddress) })
      } catch (err) {
        noted.delete(cached)
        log.warn({ err, apiKeyId: key.id }, 'The network of an API key could not be stored')
      }
    },

    /** Records a refused use. Its answer doesn't depend on the entry: a failure is logged. */
    async refused({ id, name, prefix }: UsedKey, reason: KeyRefusal, clientAddress: string): Promise<void> {
      try {
        if ((await countEntry('refusals', id)) > 0) return
        const detail = { name, prefix, reason, network: keyNetwork(clientAddress) }
        await audit.record(database.db, { actor: 'anonymous', action: 'api_key.refused', subject: id, detail })
      } catch (err) {
        log.warn({ err, apiKeyId: id }, 'A refused use of an API key could not be recorded')
      }
    },
  }
}
