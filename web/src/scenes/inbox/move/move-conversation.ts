/** Requests that move a conversation to another mailbox, and undo it. */
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
  type Message,
} from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { words } from '../../../words/index.ts'
import { HOLD_MS } from '../composer/use-send.ts'

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
  /** Reason why the notice was not sent, or not known to be. */
  failure?: unknown
}

/**
 * Returns a function that moves a conversation, and then notifies its customer from the other mailbox. A repeated call
 * continues after a failed notice, and sends the same notice once.
 */
export function createMove() {
  const keys = new Map<string, string>()
  const keyOf = (content: string) => {
    const key = keys.get(content) ?? crypto.randomUUID()
    keys.set(content, key)
    return key
  }

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
      ? view.conversation
      : (await postConversationsIdMove({ path: { id }, body: { emailAccountId: to.id } })).data
    if (notice === undefined || messageId === undefined) return { after }
    try {
      const submissionId = await notify(after, { messageId, text: notice, key: keyOf(JSON.stringify([to.id, notice])) })
      // A reply assigns the conversation to its author, who leaves it to the other team.
      if (after.assigneeId === undefined) {
        await putConversationsIdAssignee({ path: { id }, body: { assigneeId: null } }).catch(onAssigned)
      }
      return { after, submissionId }
    } catch (failure) {
      return { after, failure }
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
  const reason = { ...words.move.nothingToAnswer, code: 'web.nothing_to_answer', remedy: 'admin' }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- Failures are problems everywhere here.
  throw { ...toProblem(undefined), ...reason }
}

async function notify(
  { id, emailAccountId }: Conversation,
  { messageId, text, key }: { messageId: string; text: string; key: string },
): Promise<string> {
  const { data: answer } = await getMessagesIdAnswer({ path: { id: messageId }, query: { kind: 'reply' } })
  const { to, cc, subject, identityId } = answer
  const { data: submission } = await postSubmissions({
    headers: { 'idempotency-key': key },
    body: {
      ...{ emailAccountId, conversationId: id, replyToMessageId: messageId, identityId, holdMs: HOLD_MS },
      ...{ to, cc, bcc: [], subject, text },
    },
  })
  return submission.id
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
