/** Requests that move a conversation to another mailbox, and undo it. */
import {
  deleteDraftsId,
  getConversationsId,
  postConversationsIdMove,
  postSubmissionsIdCancel,
  putConversationsIdAssignee,
  type Conversation,
  type EmailAccount,
  type Message,
} from '../../../api/client.ts'
import { toProblem, type Problem } from '../../../api/problem.ts'
import { words } from '../../../words/index.ts'
import { isUnclear } from '../composer/send-failure.ts'
import { createNoticeSending, KEY_REUSED } from './send-notice.ts'

export interface Move {
  conversation: Conversation
  to: Pick<EmailAccount, 'id' | 'address'>
  /** Text for the customer; undefined sends none. */
  notice?: string | undefined
}

export interface Moved {
  after: Conversation
  /** Id of the notice. */
  submissionId?: string
  /** Reason why the notice was not sent, not with this text, or not known to be. */
  failure?: Problem
}

/**
 * Returns a function that moves a conversation, and then notifies its customer from the other mailbox. A repeated call
 * continues after a failed notice, and sends one notice at most, also with another text or to a third mailbox.
 */
export function createMove() {
  const send = createNoticeSending()
  /** The conversation by mailbox, before a notice could assign it. */
  const arrived = new Map<string, Conversation>()

  /** @param onAssigned  called with the reason when the conversation stays assigned to the author of the notice */
  return async function move(
    { conversation: { id }, to, notice }: Move,
    onAssigned: (failure: unknown) => void,
  ): Promise<Moved> {
    const { data: view } = await getConversationsId({ path: { id }, query: { limit: 50 } })
    // Before the move: without a message to answer, the text stays in the dialog.
    const messageId = notice === undefined ? undefined : requireMessageToAnswer(view.messages)
    const isThere = view.conversation.emailAccountId === to.id
    const after = isThere
      ? (arrived.get(to.id) ?? view.conversation)
      : (await postConversationsIdMove({ path: { id }, body: { emailAccountId: to.id } })).data
    arrived.set(to.id, after)
    if (notice === undefined || messageId === undefined) return { after }
    try {
      const { submission, isEarlier } = await send({ conversation: after, messageId, text: notice })
      const { id: submissionId, submittedBy } = submission
      // A reply assigns the conversation to its author, who leaves it to the other team.
      const { assigneeId = submittedBy } = isThere ? view.conversation : after
      if (after.assigneeId === undefined && assigneeId === submittedBy) {
        await putConversationsIdAssignee({ path: { id }, body: { assigneeId: null } }).catch(onAssigned)
      }
      return { after, submissionId, ...(isEarlier && { failure: problemOf(words.move.earlierSent, KEY_REUSED) }) }
    } catch (thrown) {
      const failure = toProblem(thrown)
      const { notNotified, perhapsNotified } = words.move
      return { after, failure: { ...failure, title: isUnclear(failure) ? perhapsNotified : notNotified } }
    }
  }
}

/**
 * The newest received message, else the newest.
 *
 * @throws Problem without a message
 */
export async function findMessageToAnswer(conversationId: string): Promise<string> {
  const { data: view } = await getConversationsId({ path: { id: conversationId }, query: { limit: 50 } })
  return requireMessageToAnswer(view.messages)
}

function requireMessageToAnswer(messages: readonly Pick<Message, 'id' | 'direction'>[]): string {
  const answered = messages.findLast(({ direction }) => direction === 'in') ?? messages.at(-1)
  if (answered) return answered.id
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- Failures are problems everywhere here.
  throw { ...problemOf(words.move.nothingToAnswer, 'web.nothing_to_answer'), remedy: 'admin' }
}

function problemOf({ title, fix }: { title: string; fix: string }, code: string): Problem {
  return { ...toProblem(undefined), title, detail: title, fix, code }
}

/** A notice that is being sent can't be canceled: then the conversation stays where it is. */
export async function undoMove(
  before: Conversation,
  after: Conversation,
  submissionId: string | undefined,
): Promise<void> {
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
