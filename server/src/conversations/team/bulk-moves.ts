import type { Database } from '../../database/index.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { BulkAction, BulkResult, Refusal } from './bulk-action.ts'
import {
  holdForMove,
  moveHeld,
  moveTransaction,
  type HeldForMove,
  type MoveCandidate,
  type MoveDeps,
} from './move-to-account.ts'

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
    const { to, from, assigneeId, removeAssigneeId } = action
    const isVisible = (id: EmailAccountId) => visibleAccounts === 'all' || visibleAccounts.includes(id)
    // Before the locks, and after them: it may have moved out of sight meanwhile.
    const whyNot = (row: (MoveCandidate & Partial<HeldForMove>) | undefined): Refusal['code'] | undefined => {
      if (!row || !isVisible(row.email_account_id)) return 'conversations.not_found'
      if (row.merged_into !== null) return 'conversations.merged_already'
      if (row.email_account_id === to) return undefined
      if (from !== undefined && row.email_account_id !== from) return 'conversations.moved_on'
      return row.hasUnsent ? 'conversations.unsent_answer' : undefined
    }
    return moveTransaction(deps.database, async (tx) => {
      const mayMove = (row: MoveCandidate) => row.email_account_id !== to && whyNot(row) === undefined
      const { held, skipped } = await holdForMove(tx, deps.hooks, ids, to, mayMove)
      const refused: Refusal[] = []
      const moving: HeldForMove[] = []
      let unchanged = 0
      for (const id of new Set(ids)) {
        const row = held.get(id)
        const code = whyNot(row ?? skipped.get(id))
        if (code) refused.push({ id, code })
        else if (row && row.email_account_id !== to) moving.push(row)
        else unchanged++
      }
      const after = await moveHeld(tx, deps, moving, { to, agentIds, assigneeId, removeAssigneeId, actor })
      return {
        changed: moving.map(({ id }) => id),
        unchanged,
        refused,
        undo: stepsBack(moving, after, to),
      }
    })
  }
}

/** A step for all that come from the same mailbox with the same change of the assignee. */
function stepsBack(before: readonly HeldForMove[], after: readonly HeldForMove[], to: EmailAccountId) {
  const steps = before.map((row, n) => {
    const [former, current] = [row.assignee_id, after[n]!.assignee_id]
    const isReassigned = former !== current
    const action: MoveAction = {
      ...{ kind: 'move', to: row.email_account_id, from: to },
      assigneeId: isReassigned ? (former ?? undefined) : undefined,
      // One that the move itself assigned. A later one stays.
      removeAssigneeId: isReassigned ? (current ?? undefined) : undefined,
    }
    return { id: row.id, action }
  })
  return [...Map.groupBy(steps, ({ action }) => JSON.stringify(action)).values()].map((some) => ({
    ids: some.map(({ id }) => id),
    action: some[0]!.action,
  }))
}
