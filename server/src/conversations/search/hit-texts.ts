import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { MessageBody } from '../../mail/index.ts'

/** Characters of a body in which an excerpt is searched. */
const LONGEST_BODY = 100_000
const MOST_FILES = 20

export interface HitText {
  id: StoredMessageId
  /** Body of the message; text of the note. */
  body: MessageBody
  fileNames: string[]
  isNote: boolean
}

export async function hitTexts({ db }: Pick<Database, 'db'>, ids: readonly StoredMessageId[]): Promise<HitText[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Omit<HitText, 'body'> & MessageBody>`
    SELECT id, body_type AS type, left(body, ${sql.lit(LONGEST_BODY)}) AS content, false AS "isNote",
      ARRAY(SELECT name FROM attachments WHERE message_id = messages.id LIMIT ${sql.lit(MOST_FILES)}) AS "fileNames"
    FROM messages WHERE id = ANY(${ids}::uuid[])
    UNION ALL SELECT id, 'text', body, true, '{}' FROM notes WHERE id = ANY(${ids}::uuid[])`.execute(db)
  return rows.map(({ type, content, ...row }) => ({ ...row, body: { type, content } }))
}
