import { sql, type Selectable } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type ConnectSessionId, type ReturnUrlId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Secret } from '../kernel/secret.ts'
import { createReturnUrlSecrets } from './return-url-secrets.ts'
import { allowsReturn, parseReturnUrl, type ReturnUrlRule } from './return-url-rules.ts'
import type { ResultSigner } from './signed-result.ts'

/** Maximum number of allowed return URLs. */
const MOST = 100

/** An address to which browsers may return. Its secret is shown once, when it is added or renewed. */
export interface ReturnUrl extends ReturnUrlRule {
  id: ReturnUrlId
  createdBy: string
  createdAt: Date
  /** Until then, results are also signed with the secret before. */
  previousSecretUntil: Date | undefined
}

export interface ReturnUrls {
  list(): Promise<ReturnUrl[]>
  /**
   * Allows an address. The same address can be added again, with another secret: the newest entry signs.
   *
   * @throws {AppError} `connect_sessions.return_url_invalid`, `connect_sessions.too_many_return_urls`
   */
  add(rule: ReturnUrlRule, actor: string): Promise<{ returnUrl: ReturnUrl; secret: Secret }>
  /**
   * Creates a new secret. For a day, results have signatures of both.
   *
   * @throws {AppError} `connect_sessions.return_url_not_found`
   */
  rotate(id: ReturnUrlId, actor: string): Promise<{ returnUrl: ReturnUrl; secret: Secret }>
  /** Sessions with the address end on a page of Postkey. */
  remove(id: ReturnUrlId, actor: string): Promise<void>
}

/** Functions for use within this room. */
export interface UsableReturnUrls extends ReturnUrls {
  /** @throws {AppError} `connect_sessions.return_url_not_allowed` */
  findAllowed(wanted: string): Promise<{ url: string; id: ReturnUrlId }>
  /** Return address of a session with the secrets that sign its result; undefined when the address is removed. */
  signerOf(id: ConnectSessionId): Promise<ResultSigner | undefined>
}

type ReturnUrlRow = Selectable<Schema['return_urls']> & { previous_until: Date | null }

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
  const secrets = createReturnUrlSecrets({ database, clock, keyRing })

  const previousUntil = () =>
    sql<Date | null>`(SELECT max(expires_at) FROM return_url_secrets
      WHERE return_url_id = return_urls.id AND expires_at > ${clock.now()})`.as('previous_until')
  const rows = (tx: Tx | typeof db = db) =>
    tx.selectFrom('return_urls').selectAll().select(previousUntil()).orderBy('created_at').orderBy('id')

  return {
    list: async () => (await rows().execute()).map(toReturnUrl),

    async add({ url: text, match }, actor) {
      const url = parseReturnUrl(text)
      if (!url || (match === 'prefix' && url.search !== '')) {
        throw new AppError('connect_sessions.return_url_invalid', { field: 'url' })
      }
      const id = newId<ReturnUrlId>()
      return database.creation(async (tx) => {
        const { count } = await tx
          .selectFrom('return_urls')
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .executeTakeFirstOrThrow()
        if (Number(count) >= MOST) throw new AppError('connect_sessions.too_many_return_urls')
        const row = { id, url: url.href, match, created_by: actor, created_at: clock.now() }
        await tx.insertInto('return_urls').values(row).execute()
        const secret = await secrets.renew(tx, id)
        await audit.record(tx, { actor, action: 'return_url.added', subject: id, detail: { url: url.href, match } })
        return { returnUrl: toReturnUrl({ ...row, previous_until: null }), secret }
      })
    },

    rotate: (id, actor) =>
      database.creation(async (tx) => {
        const found = await tx
          .selectFrom('return_urls')
          .select('url')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        if (!found) throw new AppError('connect_sessions.return_url_not_found')
        const secret = await secrets.renew(tx, id)
        await audit.record(tx, { actor, action: 'return_url.secret_rotated', subject: id, detail: { url: found.url } })
        return { returnUrl: toReturnUrl(await rows(tx).where('id', '=', id).executeTakeFirstOrThrow()), secret }
      }),

    remove: (id, actor) =>
      database.transaction(async (tx) => {
        const row = await tx.deleteFrom('return_urls').where('id', '=', id).returningAll().executeTakeFirst()
        if (!row) throw new AppError('connect_sessions.return_url_not_found')
        const { url, match } = row
        await audit.record(tx, { actor, action: 'return_url.removed', subject: id, detail: { url, match } })
      }),

    async findAllowed(wanted) {
      const url = parseReturnUrl(wanted)
      const allowed = url ? (await rows().execute()).map(toReturnUrl).filter((rule) => allowsReturn(rule, url)) : []
      const entry = allowed.findLast(({ match }) => match === 'exact') ?? allowed.at(-1)
      if (!url || !entry) throw new AppError('connect_sessions.return_url_not_allowed', { field: 'returnUrl' })
      return { url: url.href, id: entry.id }
    },

    async signerOf(sessionId) {
      const row = await db
        .selectFrom('connect_sessions')
        .innerJoin('return_urls', 'return_urls.id', 'connect_sessions.return_url_id')
        .select(['return_urls.id', 'connect_sessions.return_url'])
        .where('connect_sessions.id', '=', sessionId)
        .executeTakeFirst()
      if (!row || row.return_url === null) return undefined
      const [secret, previous] = await secrets.valid(row.id)
      return secret && { id: row.id, returnUrl: row.return_url, secret, previous }
    },
  }
}

const toReturnUrl = ({ id, url, match, created_by, created_at, previous_until }: ReturnUrlRow): ReturnUrl => ({
  ...{ id, url, match, previousSecretUntil: previous_until ?? undefined },
  createdBy: created_by,
  createdAt: created_at,
})
