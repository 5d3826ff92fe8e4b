import { sql, type RawBuilder } from 'kysely'

/** SQL condition: `address` is the wanted one, or of the wanted domain if that begins with `@`. */
export function isAtAddress(address: RawBuilder<unknown>, wanted: string): RawBuilder<unknown> {
  const lower = wanted.toLowerCase()
  return lower.startsWith('@')
    ? sql`right(lower(${address}), ${lower.length}) = ${lower}`
    : sql`lower(${address}) = ${lower}`
}
