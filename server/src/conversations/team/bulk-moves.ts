import type { Database } from '../../database/index.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { BulkAction, BulkResult, Refusal } from './bulk-action.ts'
import { holdForMove, moveHeld, type HeldForMove, type MoveDeps } from './move-to-account.ts'

export type MoveAction = Extract<BulkAction, { kind: 'move' }>

export interface BulkMove {
  ids: readonly ConversationId[]
  action: MoveAction
  actor: string
  /** Conversations in other mailboxes count as not found. */
  visibleAccounts: VisibleAccounts
  /** People with access to the mailbox that they move to. */
  agentIds: readonly string[]
}

/**
 * Moves conversations to another mailbox in one transaction, like the move of a single one. A refused conversation does
 * not stop the others.
 */
export function createBulkMoves(deps: MoveDeps & { database: Database }) {
  return function moveMany({ ids, action, actor, visibleAccounts, agentIds }: BulkMove): Promise<BulkResult> {
    const { to, from, assigneeId } = action
    const isVisible = (id: EmailAccountId) => visibleAccounts === 'all' || visibleAccounts.includes(id)
    const whyNot = (row: HeldForMove | undefined): Refusal['code'] | undefined => {
      // Again: it may have moved out of sight before it was locked.
      if (!row || !isVisible(row.email_account_id)) return 'conversations.not_found'
      if (row.merged_into !== null) return 'conversations.merged_already'
      if (row.email_account_id === to) return undefined
      if (from !== undefined && row.email_account_id !== from) return 'conversations.moved_on'
      return row.hasUnsent ? 'conversations.unsent_answer' : undefined
    }
    return deps.database.transaction(async (tx) => {
      const held = await holdForMove(tx, deps.hooks, ids, to, isVisible)
      const refused: Refusal[] = []
      const allowed: HeldForMove[] = []
      for (const id of new Set(ids)) {
        const row = held.get(id)
        const code = whyNot(row)
        if (code) refused.push({ id, code })
        else allowed.push(row!)
      }
      const moving = allowed.filter((row) => row.email_account_id !== to)
      const after = await moveHeld(tx, deps, moving, { to, agentIds, assigneeId, actor })
      return {
        changed: moving.map(({ id }) => id),
        unchanged: allowed.length - moving.length,
        refused,
        undo: stepsBack(moving, after, to),
      }
    })
  }
}

/** A step for all that come from the same mailbox and lost the same assignee. */
function stepsBack(before: readonly HeldForMove[], after: readonly HeldForMove[], to: EmailAccountId) {
  const steps = before.map((row, n) => {
    const hasLost = row.assignee_id !== null && after[n]!.assignee_id === null
    return { id: row.id, from: row.email_account_id, assigneeId: hasLost ? row.assignee_id! : undefined }
  })
  return [...Map.groupBy(steps, ({ from, assigneeId }) => `${from} ${assigneeId ?? ''}`).values()].map((some) => {
    const { from, assigneeId } = some[0]!
    const action: MoveAction = { kind: 'move', to: from, from: to, assigneeId }
    return { ids: some.map(({ id }) => id), action }
  })
}
