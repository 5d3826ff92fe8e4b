import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type ConnectSessionId, type ReturnUrlId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import { allowsReturn, parseReturnUrl, type ReturnUrlRule } from './return-url-rules.ts'
import type { ResultSigner } from './signed-result.ts'

/** Maximum number of allowed return URLs. */
const MOST = 100

/** An address to which browsers may return. Its secret is shown once, when it is added. */
export interface ReturnUrl extends ReturnUrlRule {
  id: ReturnUrlId
  createdBy: string
  createdAt: Date
}

export interface ReturnUrls {
  list(): Promise<ReturnUrl[]>
  /**
   * Allows an address. The same address can be added again, with a new secret: the newest entry signs.
   *
   * @throws {AppError} `connect_sessions.return_url_invalid`, `connect_sessions.too_many_return_urls`
   */
  add(rule: ReturnUrlRule, actor: string): Promise<{ returnUrl: ReturnUrl; secret: Secret }>
  /** Sessions with the address end on a page of Postkey. */
  remove(id: ReturnUrlId, actor: string): Promise<void>
}

/** Functions for use within this room. */
export interface UsableReturnUrls extends ReturnUrls {
  /** @throws {AppError} `connect_sessions.return_url_not_allowed` */
  findAllowed(wanted: string): Promise<{ url: string; id: ReturnUrlId }>
  /** Return address of a session with the secret that signs its result; undefined when the address is removed. */
  signerOf(id: ConnectSessionId): Promise<ResultSigner | undefined>
}

type ReturnUrlRow = Selectable<Schema['return_urls']>

export function createReturnUrls({
  database,
  clock,
  audit,
  keyRing,
}: {
  database: Database
  clock: Clock
  audit: AuditLog
  keyRing: KeyRing
}): UsableReturnUrls {
  const { db } = database
  const contextOf = (id: ReturnUrlId) => `return_urls.sealed:${id}`

  const rows = () => db.selectFrom('return_urls').selectAll().orderBy('created_at').orderBy('id').execute()

  return {
    list: async () => (await rows()).map(toReturnUrl),

    async add({ url: text, match }, actor) {
      const url = parseReturnUrl(text)
      if (!url || (match === 'prefix' && url.search !== '')) {
        throw new AppError('connect_sessions.return_url_invalid', { field: 'url' })
      }
      const id = newId<ReturnUrlId>()
      const secret = new Secret(`rsec_${randomBytes(32).toString('base64url')}`)
      const { sealed, keyId } = keyRing.seal(secret, contextOf(id))
      return database.transaction(async (tx) => {
        const { count } = await tx
          .selectFrom('return_urls')
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .executeTakeFirstOrThrow()
        if (Number(count) >= MOST) throw new AppError('connect_sessions.too_many_return_urls')
        const row = await tx
          .insertInto('return_urls')
          .values({ id, url: url.href, match, sealed, key_id: keyId, created_by: actor, created_at: clock.now() })
          .returningAll()
          .executeTakeFirstOrThrow()
        await audit.record(tx, { actor, action: 'return_url.added', subject: id, detail: { url: url.href, match } })
        return { returnUrl: toReturnUrl(row), secret }
      })
    },

    remove: (id, actor) =>
      database.transaction(async (tx) => {
        const row = await tx.deleteFrom('return_urls').where('id', '=', id).returningAll().executeTakeFirst()
        if (!row) throw new AppError('connect_sessions.return_url_not_found')
        const { url, match } = row
        await audit.record(tx, { actor, action: 'return_url.removed', subject: id, detail: { url, match } })
      }),

    async findAllowed(wanted) {
      const url = parseReturnUrl(wanted)
      const allowed = url ? (await rows()).map(toReturnUrl).filter((rule) => allowsReturn(rule, url)) : []
      const entry = allowed.findLast(({ match }) => match === 'exact') ?? allowed.at(-1)
      if (!url || !entry) throw new AppError('connect_sessions.return_url_not_allowed', { field: 'returnUrl' })
      return { url: url.href, id: entry.id }
    },

    async signerOf(sessionId) {
      const row = await db
        .selectFrom('connect_sessions')
        .innerJoin('return_urls', 'return_urls.id', 'connect_sessions.return_url_id')
        .selectAll('return_urls')
        .select('connect_sessions.return_url')
        .where('connect_sessions.id', '=', sessionId)
        .executeTakeFirst()
      if (!row || row.return_url === null) return undefined
      const { id, sealed, key_id: keyId, return_url: returnUrl } = row
      return { id, returnUrl, secret: keyRing.open({ sealed, keyId }, contextOf(id)) }
    },
  }
}

const toReturnUrl = ({ id, url, match, created_by, created_at }: ReturnUrlRow): ReturnUrl => ({
  ...{ id, url, match },
  createdBy: created_by,
  createdAt: created_at,
})
