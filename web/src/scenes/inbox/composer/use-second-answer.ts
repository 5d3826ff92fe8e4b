import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getConversationsIdOptions } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { sentReplies } from '../answers.ts'
import type { ConversationView } from '../entries.ts'

export interface AnsweredConversation {
  lastAnswerId: string | undefined
  personName: (id: string) => string
  participants: ConversationView['conversation']['participants']
}

/** Another reply. Without an author, another mail program sent it, or the conversation could not be read. */
export interface OtherAnswer {
  by: string | undefined
  at: string | undefined
}

/**
 * Sending names the last reply known when the composer opened. The server refuses when there is a later one, and the
 * user confirms, once for each.
 */
export function useSecondAnswer(conversationId: string | undefined, answered: AnsweredConversation | undefined) {
  const queryClient = useQueryClient()
  const [known, setKnown] = useState(answered?.lastAnswerId)
  const [other, setOther] = useState<OtherAnswer>()

  /** `true` when the error is such a refusal. Then `other` is the conflicting reply. */
  const take = async (error: unknown): Promise<boolean> => {
    if (conversationId === undefined || toProblem(error).code !== 'submission.answered_meanwhile') return false
    try {
      const options = getConversationsIdOptions({ path: { id: conversationId } })
      const view = await queryClient.query({ ...options, staleTime: 0 })
      setKnown(view.lastAnswerId)
      setOther(otherAnswerIn(view, answered?.personName))
    } catch {
      // The refusal is certain without the view. The next try is refused again, and the view is fetched again.
      setOther({ by: undefined, at: undefined })
    }
    return true
  }

  return {
    /** Part of the request body. */
    precondition: conversationId === undefined || !answered ? {} : { lastAnswerId: known ?? null },
    take,
    other,
    forget: () => setOther(undefined),
  }
}

function otherAnswerIn(view: ConversationView, personName: ((id: string) => string) | undefined): OtherAnswer {
  const waiting = view.submissions.find(({ id }) => id === view.lastAnswerId)
  const sent = view.messages.find(({ id }) => id === view.lastAnswerId)
  // Its copy in Sent may have replaced it by now.
  const copy = sent || waiting ? undefined : sentReplies(view).at(-1)
  const by = waiting?.submittedBy ?? copy?.by
  return {
    by: by === undefined ? undefined : (view.names[by] ?? personName?.(by)),
    at: waiting?.createdAt ?? sent?.receivedAt ?? copy?.at,
  }
}
