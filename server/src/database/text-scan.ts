import { sql, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Texts to look for, in any case, that no letter of a longer address surrounds. */
export interface SearchedTexts {
  /** For LIKE, which is much faster than a regular expression. */
  patterns: readonly string[]
  expression: string
}

/** Columns of a table that may contain a text from outside, and what happens where they do. */
export interface TextScan {
  table: keyof Schema
  /** Unique column in whose order the table is read: `uuid`, `bigint` or `text`. */
  key: { column: string; type: 'uuid' | 'bigint' | 'text' }
  columns: readonly string[]
  /** `redact` replaces the text; `count` changes nothing. */
  action: 'delete' | 'redact' | 'count'
}

export const REDACTED = '[erased]'
/** Patterns up to which LIKE is faster than the expression, which reads a text once for all of them. */
const MOST_LIKE = 3

export function searchedTexts(texts: readonly string[]): SearchedTexts {
  // A column with JSON has a quotation mark or a backslash escaped.
  const all = [...new Set(texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]))]
  const patterns = all.map((text) => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)
  const parts = all.map((text) => text.replaceAll(/[^\p{L}\p{N}@]/gu, String.raw`\$&`))
  // In JSON, the letter of an escaped line break belongs to no word. An address has no two dots in a row.
  const start = String.raw`(?:(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{4})|(?<![[:alnum:]](?:[_%+-]+\.?|\.[_%+-]*)?))`
  const expression = `${start}(?:${parts.join('|')})(?![[:alnum:]-]|\\.[[:alnum:]])`
  return { patterns, expression }
}

/** Most rows of a page, and most bytes of their texts, as stored. A single larger row is a page of its own. */
export interface ScanSize {
  rows: number
  bytes: number
}

/**
 * Applies a scan to the next rows of its table.
 *
 * @param after  key of the last row of the page before
 * @returns `next` is undefined at the end; `keys` of the matches
 */
export async function scanTexts(
  db: Kysely<Schema>,
  { table, key, columns, action }: TextScan,
  texts: SearchedTexts,
  after: string | undefined,
  size: ScanSize,
): Promise<{ next: string | undefined; count: number; keys: string[] }> {
  const from = sql.table(table)
  const of = (column: string) => sql.ref(`${table}.${column}`)
  const id = of(key.column)
  const matches = columns.map((column) => {
    const text = sql`${of(column)}::text`
    const isLikely = texts.patterns.length > MOST_LIKE ? sql`` : sql`${text} ILIKE ANY(${texts.patterns}::text[]) AND`
    return sql`(${isLikely} ${text} ~* ${texts.expression})`
  })
  const set = columns.map((c) => sql`${sql.ref(c)} = redacted(${of(c)}, ${texts.expression}, ${REDACTED})`)
  const change = {
    count: sql`SELECT row_key FROM hit`,
    delete: sql`DELETE FROM ${from} USING hit WHERE ${id} = row_key RETURNING row_key`,
    redact: sql`UPDATE ${from} SET ${sql.join(set)} FROM hit WHERE ${id} = row_key RETURNING row_key`,
  }[action]
  const start = after === undefined ? sql`` : sql`WHERE ${id} > ${after}::${sql.raw(key.type)}`
  const stored = sql.join(
    columns.map((column) => sql`coalesce(pg_column_size(${of(column)}), 0)::bigint`),
    sql` + `,
  )
  const { rows } = await sql<{ last: string | null; size: number; read: number; keys: string[] | null }>`
    WITH next_rows AS MATERIALIZED (SELECT row_key, row_number() OVER (ORDER BY row_key) AS place,
        sum(size) OVER (ORDER BY row_key ROWS UNBOUNDED PRECEDING) AS bytes
      FROM (SELECT ${id} AS row_key, ${stored} AS size FROM ${from} ${start} ORDER BY ${id} LIMIT ${size.rows}) AS sized),
    page AS MATERIALIZED (SELECT row_key FROM next_rows WHERE bytes <= ${size.bytes} OR place = 1),
    hit AS MATERIALIZED (SELECT row_key FROM page JOIN ${from} ON ${id} = row_key WHERE ${sql.join(matches, sql` OR `)}),
    changed AS (${change})
    SELECT (SELECT row_key::text FROM page ORDER BY row_key DESC LIMIT 1) AS last,
      (SELECT count(*)::integer FROM page) AS size, (SELECT count(*)::integer FROM next_rows) AS read,
      (SELECT array_agg(row_key::text) FROM changed) AS keys`.execute(db)
  const { last, read, keys } = rows[0]!
  const isEnd = read < size.rows && rows[0]!.size === read
  return { next: isEnd ? undefined : (last ?? undefined), count: keys?.length ?? 0, keys: keys ?? [] }
}
