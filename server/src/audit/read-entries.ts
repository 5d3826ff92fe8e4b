import { sql, type Kysely, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { AuditAction } from './actions.ts'

/** Maximum entries that one statement searches for words. */
const SEARCHED_AT_ONCE = 20_000

export interface AuditEntry {
  id: number
  actor: string
  action: AuditAction
  subject: string
  detail: Readonly<Record<string, unknown>>
  at: Date
}

/** A searched word, and the ids of objects whose names contain it: entries have ids where people read names. */
export interface AuditWord {
  text: string
  ids: readonly string[]
}

/** Conditions that all apply. */
export interface AuditFilter {
  actor?: string | undefined
  /** One of these actions. */
  actions?: readonly string[] | undefined
  /** Only entries of this object. */
  subject?: string | undefined
  /** From this time on. */
  since?: Date | undefined
  /** Before this time. */
  until?: Date | undefined
  words?: readonly AuditWord[] | undefined
}

export interface AuditPage {
  entries: AuditEntry[]
  /** `before` of the next page; undefined after the last one. */
  next: number | undefined
}

type Page = AuditFilter & { before?: number | undefined; limit: number }

export interface AuditReading {
  /** Returns the entries of a page. */
  list(options: Page): Promise<AuditEntry[]>
  /**
   * Returns entries with an id lower than `before`, newest first. A search for words reads a bounded number of entries per
   * page: a page can then be incomplete, or empty, and have a next one.
   */
  page(options: Page): Promise<AuditPage>
  /** Counts the entries that match, with an id lower than `before`. */
  count(options: AuditFilter & { before?: number | undefined }): Promise<number>
}

type Entries = SelectQueryBuilder<Schema, 'audit_entries', object>

export function createAuditReading(db: Kysely<Schema>): AuditReading {
  /** Entries by the indexed conditions, newest first. */
  function indexed(filter: AuditFilter, before: number | undefined): Entries {
    const { actor, actions, subject, since, until } = filter
    let query: Entries = db.selectFrom('audit_entries').orderBy('id', 'desc')
    if (before !== undefined) query = query.where('id', '<', before)
    if (actor !== undefined) query = query.where('actor', '=', actor)
    if (actions !== undefined) query = query.where('action', 'in', actions)
    if (subject !== undefined) query = query.where('subject', '=', subject)
    if (since !== undefined) query = query.where('at', '>=', since)
    if (until !== undefined) query = query.where('at', '<', until)
    return query
  }

  /** The next entries to be searched, of which those with all words remain. */
  function searched(filter: AuditFilter, before: number | undefined) {
    const part = indexed(filter, before).selectAll().limit(SEARCHED_AT_ONCE).as('audit_entries')
    const conditions = (filter.words ?? []).map(containsWord)
    return db.selectFrom(part).where((eb) => eb.and(conditions))
  }

  /** Id of the last entry that one statement searches; undefined if it searches all remaining ones. */
  async function endOfSearched(filter: AuditFilter, before: number | undefined): Promise<number | undefined> {
    const edge = await indexed(filter, before)
      .select('id')
      .offset(SEARCHED_AT_ONCE - 1)
      .limit(1)
      .executeTakeFirst()
    return edge?.id
  }

  async function page({ before, limit, ...filter }: Page): Promise<AuditPage> {
    const query = filter.words?.length ? searched(filter, before).orderBy('id', 'desc') : indexed(filter, before)
    const rows = await query.selectAll().limit(limit).execute()
    const entries = rows.map((row) => ({
      ...row,
      action: row.action as AuditAction,
      detail: row.detail as AuditEntry['detail'],
    }))
    if (rows.length === limit) return { entries, next: rows.at(-1)!.id }
    return { entries, next: filter.words?.length ? await endOfSearched(filter, before) : undefined }
  }

  return {
    page,
    list: async (options) => (await page(options)).entries,

    async count({ before, ...filter }) {
      let count = 0
      let rest = before
      do {
        const found = await searched(filter, rest)
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .executeTakeFirstOrThrow()
        count += Number(found.count)
        rest = await endOfSearched(filter, rest)
      } while (rest !== undefined)
      return count
    },
  }
}

/** The whole entry contains the word, or its actor or subject is one of the objects with such a name. */
function containsWord({ text, ids }: AuditWord) {
  const isContained = sql`strpos(lower(concat_ws(' ', action, actor, subject, detail::text)), lower(${text})) > 0`
  if (ids.length === 0) return sql<SqlBool>`${isContained}`
  return sql<SqlBool>`(${isContained} OR subject = ANY (${[...ids]}::text[])
    OR split_part(actor, ':', 2) = ANY (${[...ids]}::text[]))`
}
