import {
  getMessagesIdAnswer,
  postSubmissions,
  type Conversation,
  type PostSubmissionsData,
  type Submission,
} from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { HOLD_MS } from '../composer/hold.ts'

export const KEY_REUSED = 'submission.idempotency_key_reused'

interface Notice {
  conversation: Conversation
  /** Message that it answers. */
  messageId: string
  text: string
}

interface SentNotice {
  submission: Submission
  /** Another text or mailbox was accepted, although the response was lost. This one was not sent. */
  isEarlier: boolean
}

/**
 * Returns a function that sends one notice, however often it is called: all its requests have the same idempotency key.
 * A canceled notice can be sent again.
 */
export function createNoticeSending(): (notice: Notice) => Promise<SentNotice> {
  let key = crypto.randomUUID()
  /** Requests by mailbox and text: a repeated one must be the same, also after new messages of the customer. */
  const tried = new Map<string, PostSubmissionsData['body']>()

  async function send(notice: Notice): Promise<SentNotice> {
    const wanted = `${notice.conversation.emailAccountId} ${notice.text}`
    const body = tried.get(wanted) ?? (await compose(notice))
    tried.set(wanted, body)
    const sent = await post(body).then((submission) => ({ submission, isEarlier: false }), findEarlier)
    if (sent.submission.state !== 'canceled') return sent
    key = crypto.randomUUID()
    tried.clear()
    return send(notice)
  }

  async function post(body: PostSubmissionsData['body']): Promise<Submission> {
    return (await postSubmissions({ headers: { 'idempotency-key': key }, body })).data
  }

  /** Finds the accepted notice: its request is answered with it, and the others are refused. */
  async function findEarlier(failure: unknown): Promise<SentNotice> {
    requireReused(failure)
    for (const body of tried.values()) {
      const submission = await post(body).catch(requireReused)
      if (submission) return { submission, isEarlier: true }
    }
    throw failure
  }
  return send
}

function requireReused(failure: unknown): undefined {
  if (toProblem(failure).code !== KEY_REUSED) throw failure
}

async function compose({ conversation, messageId, text }: Notice): Promise<PostSubmissionsData['body']> {
  const { id, emailAccountId } = conversation
  const { data: answer } = await getMessagesIdAnswer({ path: { id: messageId }, query: { kind: 'reply' } })
  const { to, cc, subject, identityId } = answer
  return {
    ...{ emailAccountId, conversationId: id, replyToMessageId: messageId, identityId, holdMs: HOLD_MS },
    ...{ to, cc, bcc: [], subject, text },
  }
}
