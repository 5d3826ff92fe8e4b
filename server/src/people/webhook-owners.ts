import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { toId, type ApiKeyId, type EmailAccountId } from '../kernel/ids.ts'
import type { ApiKeyScope } from './person.ts'

/** Mailboxes of an owner. */
type Readable = readonly EmailAccountId[] | 'all'

/** Scopes without which a key can't have webhooks: they are settings, and their events describe mail. */
export const WEBHOOK_SCOPES = ['admin:write', 'mail:read'] as const satisfies readonly ApiKeyScope[]

/** Ids of the people among these actors, and of the keys. */
export function idsOf(actors: readonly string[]) {
  const ofKind = (prefix: string) =>
    actors.flatMap((actor) => (actor.startsWith(prefix) ? actor.slice(prefix.length) : []))
  return { people: ofKind('person:'), keys: ofKind('api-key:').flatMap((id) => toId<ApiKeyId>(id) ?? []) }
}

/** Names of these people and keys, also of former ones. */
export function createActorNames({ db }: Pick<Database, 'db'>) {
  return async (actors: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    if (actors.length === 0) return new Map()
    const { people, keys } = idsOf(actors)
    const { rows } = await sql<{ actor: string; name: string }>`
      SELECT 'person:' || id AS actor, name FROM users WHERE id = ANY(${people}::text[])
      UNION ALL SELECT 'api-key:' || id, name FROM api_keys WHERE id = ANY(${keys}::uuid[])`.execute(db)
    return new Map(rows.map(({ actor, name }) => [actor, name]))
  }
}

/**
 * Returns those of these actors that may have webhooks, with the mailboxes that they may read: admins, and keys that work,
 * have the scopes, and whose creator is still an admin. One statement.
 */
export function createWebhookOwners({ database, clock }: { database: Database; clock: Clock }) {
  return async (actors: readonly string[]): Promise<ReadonlyMap<string, Readable>> => {
    const { people, keys } = idsOf(actors)
    const { rows } = await sql<{ actor: string; accounts: EmailAccountId[] | null }>`
      SELECT 'person:' || id AS actor, NULL::uuid[] AS accounts FROM users
      WHERE id = ANY(${people}::text[]) AND role = 'admin' AND removed_at IS NULL
      UNION ALL
      SELECT 'api-key:' || k.id, k.email_account_ids FROM api_keys AS k
        JOIN users ON users.id = k.created_by AND users.role = 'admin' AND users.removed_at IS NULL
      WHERE k.id = ANY(${keys}::uuid[]) AND k.revoked_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > ${clock.now()}) AND k.scopes @> ${[...WEBHOOK_SCOPES]}`.execute(
      database.db,
    )
    return new Map(rows.map(({ actor, accounts }): [string, Readable] => [actor, accounts ?? 'all']))
  }
}
