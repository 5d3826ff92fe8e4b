import { useMutation } from '@tanstack/react-query'
import {
  deleteDraftsId,
  getConversationsId,
  getMessagesIdAnswer,
  postConversationsIdMove,
  postSubmissions,
  postSubmissionsIdCancel,
  putConversationsIdAssignee,
  type Conversation,
  type EmailAccount,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { HOLD_MS } from '../composer/use-send.ts'
import { showFailure } from '../use-status.ts'
import { useRefreshConversation } from '../use-work.ts'

export interface Move {
  conversation: Conversation
  to: EmailAccount
  /** Text for the customer; undefined sends none. */
  notice?: string | undefined
}

/** Moves a conversation to another mailbox, and then notifies its customer from there. Can be undone for some seconds. */
export function useMove() {
  const refreshConversation = useRefreshConversation()
  const refreshOthers = useRefresh('drafts', 'submissions')
  const refresh = (id: string) => Promise.all([refreshConversation(id), refreshOthers()])

  return useMutation({
    mutationFn: async ({ conversation: { id }, to, notice }: Move) => {
      const { data: after } = await postConversationsIdMove({ path: { id }, body: { emailAccountId: to.id } })
      // The conversation has moved: a notice that can't be sent is reported beside it.
      const submissionId = notice === undefined ? undefined : await notify(after, notice).catch(showFailure)
      return { after, submissionId }
    },
    onSuccess: ({ after, submissionId }, { conversation: before, to }) => {
      const { changed, noSubject } = words.inbox
      announceChange(after.id, changed(words.move.moved(to.address), after.subject || noSubject), () => {
        undo(before, after, submissionId || undefined)
          .catch(showFailure)
          .finally(() => void refresh(after.id))
      })
      void refresh(after.id)
    },
  })
}

/** @returns the id of the submission; undefined without a customer */
async function notify({ id, emailAccountId, assigneeId }: Conversation, text: string): Promise<string | undefined> {
  const { data: view } = await getConversationsId({ path: { id }, query: { limit: 50 } })
  const answered = view.messages.findLast(({ direction }) => direction === 'in')
  if (!answered) return undefined
  const { data: answer } = await getMessagesIdAnswer({ path: { id: answered.id }, query: { kind: 'reply' } })
  const { to, cc, subject, identityId } = answer
  const { data: submission } = await postSubmissions({
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: {
      ...{ emailAccountId, conversationId: id, replyToMessageId: answered.id, identityId, holdMs: HOLD_MS },
      ...{ to, cc, bcc: [], subject, text },
    },
  })
  // A reply assigns the conversation to its author, who leaves it to the other team.
  if (assigneeId === undefined) await putConversationsIdAssignee({ path: { id }, body: { assigneeId: null } })
  return submission.id
}

/** A notice that is being sent can't be canceled: then the conversation stays where it is. */
async function undo(before: Conversation, after: Conversation, submissionId: string | undefined): Promise<void> {
  const path = { id: before.id }
  if (submissionId !== undefined) {
    const { data: canceled } = await postSubmissionsIdCancel({ path: { id: submissionId } })
    await deleteDraftsId({ path: { id: canceled.draftId } })
  }
  await postConversationsIdMove({ path, body: { emailAccountId: before.emailAccountId } })
  if (before.assigneeId !== undefined && after.assigneeId === undefined) {
    await putConversationsIdAssignee({ path, body: { assigneeId: before.assigneeId } })
  }
}
