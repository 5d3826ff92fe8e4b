import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { ConversationId, DraftId, EmailAccountId } from '../../kernel/ids.ts'
import { createPreview } from '../../mail/index.ts'
import type { Draft, DraftContent } from '../stored/conversation.ts'
import { attachmentsByDraft } from './draft-attachments.ts'

const MOST_LISTED = 200
/** Characters of a text from which the preview is made: two hundred texts of a megabyte would take seconds. */
const PREVIEW_OF = 4_000

/** A draft without its text. */
export interface ListedDraft extends Omit<Draft, 'content'> {
  content: Omit<DraftContent, 'text' | 'html'>
  /** First words of the text. */
  preview: string
}

interface Row {
  id: DraftId
  emailAccountId: EmailAccountId
  conversationId: ConversationId | null
  authorId: string
  content: ListedDraft['content']
  text: string | null
  html: string | null
  version: number
  updatedAt: Date
}

/** Drafts of an author, latest first. */
export async function listDrafts(
  db: Kysely<Schema>,
  { authorId, emailAccountIds }: { authorId: string; emailAccountIds: VisibleAccounts },
): Promise<ListedDraft[]> {
  if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return []
  const { rows } = await sql<Row>`
    SELECT id, email_account_id AS "emailAccountId", conversation_id AS "conversationId", author_id AS "authorId",
      content - 'text' - 'html' AS content, left(content ->> 'text', ${PREVIEW_OF}) AS text,
      left(content ->> 'html', ${PREVIEW_OF}) AS html, version, updated_at AS "updatedAt"
    FROM drafts WHERE author_id = ${authorId} AND discarded_at IS NULL
      ${emailAccountIds === 'all' ? sql`` : sql`AND email_account_id = ANY(${emailAccountIds}::uuid[])`}
    ORDER BY updated_at DESC, id DESC LIMIT ${MOST_LISTED}`.execute(db)
  const attachments = await attachmentsByDraft(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map(({ text, html, conversationId, ...row }) => ({
    ...row,
    conversationId: conversationId ?? undefined,
    attachments: attachments.get(row.id) ?? [],
    preview: createPreview(text === null ? { type: 'html', content: html ?? '' } : { type: 'text', content: text }),
  }))
}
