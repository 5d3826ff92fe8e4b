import pg from 'pg'
import type { NamedText } from './find-secrets.ts'

/** Every row of every table as text, with binary data decoded too. */
export async function databaseTexts(url: string): Promise<NamedText[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    )
    const texts: NamedText[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`)
      const text = rows.map(({ row }) => row).join('\n')
      texts.push({ name: `table ${name}`, text: `${text}\n${decoded(text)}` })
    }
    return texts
  } finally {
    await client.end()
  }
}

/** `bytea` is written as `\x` and hexadecimal digits (PostgreSQL, §8.4.1); JSON doubles the backslash. */
function decoded(text: string): string {
  return [...text.matchAll(/\\\\x((?:[\da-f]{2})+)/g)]
    .map(([, hex = '']) => {
      const bytes = Buffer.from(hex, 'hex')
      return `${bytes.toString('latin1')}\n${bytes.toString('utf8')}`
    })
    .join('\n')
}
