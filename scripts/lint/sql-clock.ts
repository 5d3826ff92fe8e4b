/** SQL expressions for the database's current time, in PostgreSQL and SQLite. */
export const SQL_CLOCK = [
  String.raw`\bcurrent_(timestamp|date|time)\b`,
  String.raw`\blocaltime(stamp)?\b`,
  String.raw`\b(clock|statement|transaction)_timestamp\b`,
  String.raw`(?<![.\w])now\s*\(\s*\)`,
  String.raw`'now'`,
  String.raw`\bunixepoch\(\)`,
].join('|')

const asks = new RegExp(SQL_CLOCK, 'i')

export function asksOwnClock(text: string): boolean {
  return asks.test(text)
}
