import { sql, type Kysely } from 'kysely'
import { BUILT_IN, isBuiltInFolder } from './binaries.ts'

export interface PostgresRelease {
  version: string
  /** Day on which it was released, for the built-in PostgreSQL alone. */
  releasedOn: string | undefined
}

/** Version of the PostgreSQL behind `db`. An installed one can have the version of the built-in one, not its folder. */
export async function readRelease<Tables>(db: Kysely<Tables>): Promise<PostgresRelease> {
  const { rows } = await sql<{ version: string; mayReadFolder: boolean }>`
    SELECT current_setting('server_version') AS version, current_setting('is_superuser') = 'on' AS "mayReadFolder"`.execute(
    db,
  )
  const { version, mayReadFolder } = rows[0]!
  // In the built-in one, Postkey is the superuser.
  if (version !== BUILT_IN.version || !mayReadFolder) return { version, releasedOn: undefined }
  const found = await sql<{ bin: string }>`SELECT setting AS bin FROM pg_config WHERE name = 'BINDIR'`.execute(db)
  return { version, releasedOn: isBuiltInFolder(found.rows[0]!.bin) ? BUILT_IN.releasedOn : undefined }
}
