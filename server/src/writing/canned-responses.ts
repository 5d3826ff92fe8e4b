import { sql, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { EventKind, Events } from '../events/index.ts'
import { actorOf } from '../kernel/authors.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type CannedResponseAttachmentId, type CannedResponseId } from '../kernel/ids.ts'
import type { OutgoingAttachment } from '../mail/index.ts'
import { prepareText } from './prepared-text.ts'

/** The caller: personal responses are theirs alone. Admins and supervisors change all shared ones. */
export interface CannedAuthor {
  id: string
  /** False for a program, which has no personal responses. */
  isPerson: boolean
  changesShared: boolean
}

/** A canned response in a list, without its text. */
export interface CannedResponseEntry {
  id: CannedResponseId
  name: string
  folder: string
  isShared: boolean
  /** True if the caller may change it. */
  isEditable: boolean
  preview: string
  usedCount: number
  lastUsedAt: Date | undefined
  attachments: readonly { id: CannedResponseAttachmentId; name: string; contentType: string; sizeBytes: number }[]
}

export interface CannedResponse extends CannedResponseEntry {
  text: string
  html: string
}

export interface CannedContents {
  response: CannedResponse
  attachments: OutgoingAttachment[]
}

interface Input {
  name: string
  folder: string
  isShared: boolean
  text?: string | undefined
  html?: string | undefined
}

export type CannedResponses = ReturnType<typeof createCannedResponses>

type Row = Selectable<Schema['canned_responses']>
type AttachmentRow = Omit<Selectable<Schema['canned_response_attachments']>, 'content'>

/** Maximum responses, shared and of one person each: a list contains all of them. */
const MOST = 1000
const MOST_ATTACHMENTS = 10
const MOST_ATTACHMENT_BYTES = 10 * 1024 * 1024
const PREVIEW_LENGTH = 200
const WITHOUT_BYTES = ['id', 'canned_response_id', 'name', 'content_type', 'size_bytes'] as const

/** Canned responses. Personal responses of others are not found. */
export function createCannedResponses(deps: { database: Database; clock: Clock; events: Events }) {
  const { database, clock, events } = deps
  const { db } = database

  /** Shared responses and the caller's own, by folder and name. */
  async function list(by: CannedAuthor): Promise<CannedResponseEntry[]> {
    const rows = await db
      .selectFrom('canned_responses')
      .selectAll()
      .where((eb) => eb.or([eb('owner_id', 'is', null), eb('owner_id', '=', by.id)]))
      .orderBy('folder')
      .orderBy('name')
      .limit(2 * MOST)
      .execute()
    const attachments = Map.groupBy(await attachmentRows(rows.map(({ id }) => id)), (one) => one.canned_response_id)
    return rows.map((row) => entryOf(row, attachments.get(row.id) ?? [], by))
  }

  async function get(id: CannedResponseId, by: CannedAuthor): Promise<CannedResponse> {
    const row = await visible(id, by)
    return { ...entryOf(row, await attachmentRows([id]), by), text: row.text, html: row.html }
  }

  async function create({ name, folder, isShared, ...content }: Input, by: CannedAuthor): Promise<CannedResponse> {
    const owner = isShared ? null : by.id
    expectPersonal(owner, by)
    await expectSpace(owner)
    const now = clock.now()
    const id = newId<CannedResponseId>()
    await database.creation(async (tx) => {
      await tx
        .insertInto('canned_responses')
        .values({
          ...{ id, owner_id: owner, created_by: by.id, folder: folderName(folder), name, ...prepareText(content) },
          ...{ last_used_at: null, created_at: now, updated_at: now },
        })
        .execute()
      await announce(tx, 'canned_response.created', id, by)
    })
    return get(id, by)
  }

  /** Changes the given properties. A shared response becomes personal only for its creator. */
  async function update(id: CannedResponseId, input: Partial<Input>, by: CannedAuthor): Promise<CannedResponse> {
    const row = await editable(id, by)
    const { name, folder, isShared, text, html } = input
    const owner = isShared === undefined ? row.owner_id : isShared ? null : by.id
    if (owner !== null && owner !== row.created_by) throw new AppError('writing.not_creator')
    expectPersonal(owner, by)
    if (owner !== row.owner_id) await expectSpace(owner)
    await database.transaction(async (tx) => {
      await tx
        .updateTable('canned_responses')
        .set({
          ...{ owner_id: owner, updated_at: clock.now() },
          ...(name !== undefined && { name }),
          ...(folder !== undefined && { folder: folderName(folder) }),
          ...((text !== undefined || html !== undefined) && prepareText({ text, html })),
        })
        .where('id', '=', id)
        .execute()
      await announce(tx, 'canned_response.changed', id, by)
    })
    return get(id, by)
  }

  async function remove(id: CannedResponseId, by: CannedAuthor): Promise<void> {
    await editable(id, by)
    await database.transaction(async (tx) => {
      await tx.deleteFrom('canned_responses').where('id', '=', id).execute()
      await announce(tx, 'canned_response.deleted', id, by)
    })
  }

  /** A use is not announced: it changes no more than a count. */
  function announce(tx: Tx, kind: EventKind & `canned_response.${string}`, id: CannedResponseId, by: CannedAuthor) {
    const payload = { by: actorOf(by.id) }
    return events.append(tx, { kind, subjectId: id, payload, at: clock.now() })
  }

  async function countUse(id: CannedResponseId): Promise<void> {
    await db
      .updateTable('canned_responses')
      .set((eb) => ({ used_count: eb('used_count', '+', 1), last_used_at: clock.now() }))
      .where('id', '=', id)
      .execute()
  }

  /** Counts one use. @returns the text, and the attachments with their bytes */
  async function use(id: CannedResponseId, by: CannedAuthor): Promise<CannedContents> {
    await visible(id, by)
    await countUse(id)
    return contents(id, by)
  }

  /** Text, and attachments with their bytes. */
  async function contents(id: CannedResponseId, by: CannedAuthor): Promise<CannedContents> {
    const response = await get(id, by)
    const rows = await db
      .selectFrom('canned_response_attachments')
      .selectAll()
      .where('canned_response_id', '=', id)
      .orderBy('id')
      .execute()
    const attachments = rows.map(({ name, content_type: contentType, content }) => ({
      ...{ name, contentType, content, isInline: false },
    }))
    return { response, attachments }
  }

  async function attach(
    id: CannedResponseId,
    { name, contentType, content }: Pick<OutgoingAttachment, 'name' | 'contentType' | 'content'>,
    by: CannedAuthor,
  ): Promise<CannedResponse> {
    await editable(id, by)
    await database.creation(async (tx) => {
      // Locks the response, so that concurrent uploads don't exceed the limit together.
      await tx.selectFrom('canned_responses').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
      const there = await tx
        .selectFrom('canned_response_attachments')
        .select('size_bytes')
        .where('canned_response_id', '=', id)
        .execute()
      const total = there.reduce((sum, { size_bytes: size }) => sum + size, content.length)
      if (there.length >= MOST_ATTACHMENTS || total > MOST_ATTACHMENT_BYTES) {
        throw new AppError('writing.attachments_too_large', {
          detail: `at most ${MOST_ATTACHMENTS} files of ${MOST_ATTACHMENT_BYTES / 1024 / 1024} MB together`,
        })
      }
      await tx
        .insertInto('canned_response_attachments')
        .values({
          ...{ id: newId<CannedResponseAttachmentId>(), canned_response_id: id, name, content_type: contentType },
          ...{ size_bytes: content.length, content },
        })
        .execute()
      await announce(tx, 'canned_response.changed', id, by)
    })
    return get(id, by)
  }

  async function detach(
    id: CannedResponseId,
    attachmentId: CannedResponseAttachmentId,
    by: CannedAuthor,
  ): Promise<CannedResponse> {
    await editable(id, by)
    await database.transaction(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('canned_response_attachments')
        .where('id', '=', attachmentId)
        .where('canned_response_id', '=', id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw new AppError('writing.not_found')
      await announce(tx, 'canned_response.changed', id, by)
    })
    return get(id, by)
  }

  async function visible(id: CannedResponseId, by: CannedAuthor): Promise<Row> {
    const row = await db.selectFrom('canned_responses').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row || (row.owner_id !== null && row.owner_id !== by.id)) throw new AppError('writing.not_found')
    return row
  }

  async function editable(id: CannedResponseId, by: CannedAuthor): Promise<Row> {
    const row = await visible(id, by)
    if (!isEditable(row, by)) throw new AppError('writing.not_creator')
    return row
  }

  async function expectSpace(owner: string | null): Promise<void> {
    const { count } = await db
      .selectFrom('canned_responses')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('owner_id', owner === null ? 'is' : '=', owner)
      .executeTakeFirstOrThrow()
    if (count >= MOST) throw new AppError('writing.too_many', { detail: `at most ${MOST}` })
  }

  async function attachmentRows(ids: readonly CannedResponseId[]): Promise<AttachmentRow[]> {
    if (ids.length === 0) return []
    return db
      .selectFrom('canned_response_attachments')
      .select(WITHOUT_BYTES)
      .where(sql<boolean>`canned_response_id = ANY(${ids}::uuid[])`)
      .orderBy('id')
      .execute()
  }

  return { list, get, create, update, remove, use, countUse, contents, attach, detach }
}

function isEditable({ owner_id: owner, created_by: creator }: Row, { id, changesShared }: CannedAuthor): boolean {
  return owner === null ? changesShared || creator === id : owner === id
}

/** Personal responses are deleted with their person. */
function expectPersonal(owner: string | null, { isPerson }: CannedAuthor): void {
  if (owner !== null && !isPerson) throw new AppError('writing.personal_of_program', { field: 'isShared' })
}

/** Folder names without empty parts. */
function folderName(folder: string): string {
  const parts = folder.split('/').map((part) => part.trim())
  return parts.filter((part) => part !== '').join('/')
}

function entryOf(row: Row, attachments: readonly AttachmentRow[], by: CannedAuthor): CannedResponseEntry {
  return {
    id: row.id,
    name: row.name,
    folder: row.folder,
    isShared: row.owner_id === null,
    isEditable: isEditable(row, by),
    preview: row.text.replaceAll(/\s+/g, ' ').slice(0, PREVIEW_LENGTH).toWellFormed(),
    usedCount: row.used_count,
    lastUsedAt: row.last_used_at ?? undefined,
    attachments: attachments.map(({ id, name, content_type: contentType, size_bytes: sizeBytes }) => ({
      ...{ id, name, contentType, sizeBytes },
    })),
  }
}
