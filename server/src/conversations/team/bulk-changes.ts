import { sql, type Updateable } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { EventKind, NewEvent, VisibleAccounts } from '../../events/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { ConversationPlace, ConversationStatus } from '../stored/conversation.ts'
import type { ConversationTags } from '../tags/conversation-tags.ts'
import type { BulkAction, BulkResult, Refusal } from './bulk-action.ts'
import { createBulkMoves } from './bulk-moves.ts'
import type { MoveDeps } from './move-to-account.ts'
import { placeEvent } from './places.ts'
import type { Reader, Reads } from './reads.ts'
import { requireSnoozeTime } from './snoozes.ts'

export interface BulkRequest {
  /** At most 500. */
  ids: readonly ConversationId[]
  action: BulkAction
  actor: string
  /** Marks as seen for this person alone; for everybody when absent. */
  reader?: Reader | undefined
  /** Conversations in other mailboxes count as not found. */
  visibleAccounts: VisibleAccounts
  /** Mailboxes of the assignee; needed to assign to a person. */
  assignableAccounts?: VisibleAccounts | undefined
  /** People with access to the mailbox that conversations move to; needed to move. */
  agentIds?: readonly string[] | undefined
}

interface HeldRow {
  id: ConversationId
  emailAccountId: EmailAccountId
  status: ConversationStatus
  place: ConversationPlace
  snoozedUntil: Date | null
  assigneeId: string | null
  unread: boolean
  isMerged: boolean
}

/** Changes of many conversations at once. */
export interface BulkChanges {
  /**
   * Applies an action in one transaction of at most six statements, whatever the number of conversations; a move needs
   * more. A refused conversation does not stop the others.
   *
   * @throws AppError `conversations.snooze_time`, `conversations.tag_not_found`, `email_accounts.not_found`
   */
  change(request: BulkRequest): Promise<BulkResult>
}

export function createBulkChanges(
  deps: MoveDeps & { database: Database; tagging: ConversationTags; reads: Pick<Reads, 'markManySeen'> },
): BulkChanges {
  const { database, clock, events, tagging, reads } = deps
  const moveMany = createBulkMoves(deps)

  function change(request: BulkRequest): Promise<BulkResult> {
    const { ids, action, visibleAccounts, assignableAccounts, agentIds = [] } = request
    if (action.kind === 'move') return moveMany({ ...request, action, agentIds })
    return database.transaction(async (tx) => {
      const held = new Map((await hold(tx, ids)).map((row) => [row.id, row]))
      const refused: Refusal[] = []
      const allowed: HeldRow[] = []
      for (const id of new Set(ids)) {
        const row = held.get(id)
        const code = !row || !includes(visibleAccounts, row.emailAccountId) ? 'conversations.not_found' : whyNot(row)
        if (code) refused.push({ id, code })
        else allowed.push(row!)
      }
      const { changed, undo, full = [] } = await apply(tx, allowed, action, request)
      refused.push(...full.map((id) => ({ id, code: 'conversations.too_many_tags' as const })))
      return { changed, unchanged: allowed.length - changed.length - full.length, refused, undo }

      function whyNot({ isMerged, emailAccountId }: HeldRow): Refusal['code'] | undefined {
        if (isMerged) return 'conversations.merged_already'
        if (action.kind !== 'assign' || action.assigneeId === undefined) return undefined
        return includes(assignableAccounts ?? [], emailAccountId) ? undefined : 'people.not_a_member'
      }
    })
  }

  async function apply(
    tx: Tx,
    rows: readonly HeldRow[],
    action: Exclude<BulkAction, { kind: 'move' }>,
    { actor, reader }: BulkRequest,
  ): Promise<Pick<BulkResult, 'changed' | 'undo'> & { full?: ConversationId[] }> {
    switch (action.kind) {
      case 'close':
        return setStatus(tx, rows, 'closed', 'conversation.closed', actor)
      case 'reopen':
        return setStatus(tx, rows, 'open', 'conversation.reopened', actor)
      case 'wait':
        return setStatus(tx, rows, 'waiting', 'conversation.wait_started', actor)
      case 'snooze': {
        const { until } = action
        requireSnoozeTime(until, clock.now())
        const differing = rows.filter(({ snoozedUntil }) => snoozedUntil?.getTime() !== until.getTime())
        await set(tx, differing, { status: 'snoozed', snoozed_until: until })
        await announce(tx, differing, 'conversation.snoozed', ({ id }) => ({
          ...{ conversationId: id, by: actor },
          until: until.toISOString(),
        }))
        return changedWith(differing, statusBack)
      }
      case 'assign': {
        const assigneeId = action.assigneeId ?? null
        const differing = rows.filter((row) => row.assigneeId !== assigneeId)
        await set(tx, differing, { assignee_id: assigneeId })
        await announce(tx, differing, 'conversation.assigned', ({ id }) => ({
          ...{ conversationId: id, by: actor },
          assigneeId,
        }))
        return changedWith(differing, (before) => ({ kind: 'assign', assigneeId: before.assigneeId ?? undefined }))
      }
      case 'place': {
        const { place } = action
        const differing = rows.filter((row) => row.place !== place)
        await set(tx, differing, { place, placed_by: null })
        await announce(
          tx,
          differing,
          (row) => placeEvent(row.place, place),
          ({ id }) => ({ conversationId: id, by: actor }),
        )
        return changedWith(differing, (before) => ({ kind: 'place', place: before.place }))
      }
      case 'mark-seen': {
        const unread = reader ? await seenBy(tx, rows, reader) : await seenByAll(tx, rows)
        await announce(tx, unread, 'conversation.seen', ({ id }) => ({ conversationId: id, by: actor }))
        return { changed: idsOf(unread), undo: [] }
      }
      case 'tag': {
        const { changed, full } = await tagging.changeMany(tx, idsOf(rows), action, actor)
        return {
          ...changedWith(changed, ({ added, removed }) => ({ kind: 'tag', add: removed, remove: added })),
          full,
        }
      }
    }
  }

  async function seenBy(tx: Tx, rows: readonly HeldRow[], reader: Reader): Promise<HeldRow[]> {
    const unread = await reads.markManySeen(tx, idsOf(rows), reader)
    return rows.filter(({ id }) => unread.has(id))
  }

  async function seenByAll(tx: Tx, rows: readonly HeldRow[]): Promise<HeldRow[]> {
    const unread = rows.filter((row) => row.unread)
    await sql`UPDATE messages SET unread = false
      WHERE conversation_id = ANY(${idsOf(unread)}::uuid[]) AND unread`.execute(tx)
    await set(tx, unread, { unread: false, news_at: null })
    return unread
  }

  async function setStatus(
    tx: Tx,
    rows: readonly HeldRow[],
    status: Exclude<ConversationStatus, 'snoozed'>,
    kind: 'conversation.closed' | 'conversation.reopened' | 'conversation.wait_started',
    actor: string,
  ) {
    const differing = rows.filter((row) => row.status !== status)
    await set(tx, differing, { status, snoozed_until: null })
    await announce(tx, differing, kind, ({ id }) => ({ conversationId: id, by: actor }))
    return changedWith(differing, statusBack)
  }

  async function announce<Kind extends EventKind>(
    tx: Tx,
    rows: readonly HeldRow[],
    kind: Kind | ((row: HeldRow) => Kind),
    payloadOf: (row: HeldRow) => NewEvent<Kind>['payload'],
  ): Promise<void> {
    const at = clock.now()
    const happened = rows.map((row) => {
      const event = {
        kind: typeof kind === 'function' ? kind(row) : kind,
        ...{ emailAccountId: row.emailAccountId, subjectId: row.id, payload: payloadOf(row), at },
      }
      return event as NewEvent
    })
    await events.appendAll(tx, happened)
  }

  return { change }
}

/** In the order of their ids, so that two changes of the same conversations can't deadlock. */
async function hold(tx: Tx, ids: readonly ConversationId[]): Promise<HeldRow[]> {
  const { rows } = await sql<HeldRow>`
    SELECT id, email_account_id AS "emailAccountId", status, place, snoozed_until AS "snoozedUntil", assignee_id AS "assigneeId", unread,
      merged_into IS NOT NULL AS "isMerged"
    FROM conversations WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(tx)
  return rows
}

function statusBack({ status, snoozedUntil }: HeldRow): BulkAction {
  if (snoozedUntil !== null) return { kind: 'snooze', until: snoozedUntil }
  return { kind: status === 'closed' ? 'close' : status === 'waiting' ? 'wait' : 'reopen' }
}

/** Changed conversations, and a step back for all with the same former state. */
function changedWith<Row extends { id: ConversationId }>(
  rows: readonly Row[],
  actionOf: (before: Row) => BulkAction,
): Pick<BulkResult, 'changed' | 'undo'> {
  const steps = new Map<string, { ids: ConversationId[]; action: BulkAction }>()
  for (const row of rows) {
    const action = actionOf(row)
    const key = JSON.stringify(action)
    const step = steps.get(key)
    if (step) step.ids.push(row.id)
    else steps.set(key, { ids: [row.id], action })
  }
  return { changed: idsOf(rows), undo: [...steps.values()] }
}

async function set(tx: Tx, rows: readonly HeldRow[], values: Updateable<Schema['conversations']>): Promise<void> {
  if (rows.length > 0) await tx.updateTable('conversations').set(values).where('id', 'in', idsOf(rows)).execute()
}

function idsOf(rows: readonly { id: ConversationId }[]): ConversationId[] {
  return rows.map(({ id }) => id)
}

function includes(accounts: VisibleAccounts, id: EmailAccountId): boolean {
  return accounts === 'all' || accounts.includes(id)
}
