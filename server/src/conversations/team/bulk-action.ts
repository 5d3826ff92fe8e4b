import type { ErrorCode } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId, TagId } from '../../kernel/ids.ts'
import type { ConversationPlace } from '../stored/conversation.ts'

/** A change that is applied to many conversations. */
export type BulkAction =
  | { kind: 'close' | 'reopen' | 'wait' | 'mark-seen' }
  | { kind: 'snooze'; until: Date }
  | { kind: 'assign'; assigneeId: string | undefined }
  | { kind: 'place'; place: ConversationPlace }
  | { kind: 'tag'; add: readonly TagId[]; remove: readonly TagId[] }
  /**
   * `from` refuses those that are in a mailbox other than this one and the target. `assigneeId` is assigned to those
   * without an assignee who has access to `to`, if this person has access. `removeAssigneeId` is removed as assignee.
   */
  | {
      kind: 'move'
      to: EmailAccountId
      from?: EmailAccountId | undefined
      assigneeId?: string | undefined
      removeAssigneeId?: string | undefined
    }

/** A conversation that stays as it was, with the reason. */
export interface Refusal {
  id: ConversationId
  code: Extract<
    ErrorCode,
    | 'conversations.not_found'
    | 'conversations.merged_already'
    | 'conversations.too_many_tags'
    | 'conversations.unsent_answer'
    | 'conversations.moved_on'
    | 'people.not_a_member'
  >
}

export interface BulkResult {
  changed: ConversationId[]
  /** Number of conversations that were in the wanted state already. */
  unchanged: number
  refused: Refusal[]
  /** Actions that restore the former state of each changed conversation. */
  undo: { ids: ConversationId[]; action: BulkAction }[]
}
