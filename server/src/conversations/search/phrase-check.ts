import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { inTurns } from '../../kernel/turns.ts'
import { bodyText, type Address, type MessageBody } from '../../mail/index.ts'
import { splitWords } from './field-words.ts'
import type { Phrase } from './message-condition.ts'

/** Characters of a body that are compared. */
const LONGEST_BODY = 200_000

/** Extracts the texts of long bodies on threads, for `bodyText`. */
export type ReadText = (...bodies: readonly MessageBody[]) => Promise<void>

interface Row {
  id: StoredMessageId
  fields: string[]
  addresses: (Address | null)[]
  type: MessageBody['type']
  content: string
}

/** Ids, of these messages and notes, whose texts fulfill all conditions on phrases. */
export async function withPhrases(
  tx: Tx,
  ids: readonly StoredMessageId[],
  phrases: readonly Phrase[],
  readText: ReadText,
): Promise<ReadonlySet<StoredMessageId>> {
  const { rows } = await sql<Row>`
    SELECT id, ARRAY[subject] || ARRAY(SELECT name FROM attachments WHERE message_id = messages.id) AS fields,
      jsonb_build_array(from_address) || to_addresses || cc_addresses || bcc_addresses AS addresses,
      body_type AS type, left(body, ${sql.lit(LONGEST_BODY)}) AS content
    FROM messages WHERE id = ANY(${ids}::uuid[])
    UNION ALL SELECT id, ARRAY[body], '[]', 'text', '' FROM notes WHERE id = ANY(${ids}::uuid[])`.execute(tx)
  const read = rows.map((row) => ({ row, body: { type: row.type, content: row.content } }))
  await readText(...read.map(({ body }) => body))
  const found = new Set<StoredMessageId>()
  for await (const { row, body } of inTurns(read)) {
    const text = inOneLine(bodyText(body))
    const addresses = row.addresses.flatMap((one) => (one ? [one.name, one.address] : []))
    const fields = [...row.fields, ...addresses].map(inOneLine)
    const has = ({ words, isBody }: Phrase) => {
      const phrase = ` ${words.join(' ')} `
      return text.includes(phrase) || (!isBody && fields.some((field) => field.includes(phrase)))
    }
    if (phrases.every((phrase) => has(phrase) !== phrase.isNegated)) found.add(row.id)
  }
  return found
}

/** Words with one space around each. */
function inOneLine(text: string): string {
  return ` ${splitWords(text).join(' ')} `
}
