import { showNotice } from '../../../components/show-notice.ts'
import { useMutation } from '@tanstack/react-query'
import { postSubmissions, type Draft } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useRef } from 'react'
import { words } from '../../../words/index.ts'
import { forgetUnsaved, type DraftKeeper } from './draft-keeper.ts'
import { justStarted } from './local-drafts.ts'
import { rememberAccount } from './last-email-account.ts'
import { useSecondAnswer, type AnsweredConversation } from './use-second-answer.ts'
import { sendFailure, isUnclear } from './send-failure.ts'
import type { SendWish } from './send-menu.tsx'
import { announceSending } from './sending-notice.tsx'
import { HOLD_MS } from './hold.ts'
import { useOpenDraft, useOpenConversation } from './start-draft.ts'
import { toSentContent } from './composer-content.ts'

/**
 * Sends the draft. A draft becomes one message, however often it is sent: its id is the idempotency key, so a second
 * click, or a retry after a lost response, refers to the same submission.
 */
export function useSend(
  draft: Draft,
  keeper: DraftKeeper,
  {
    onSent,
    answered,
    beforeSending,
  }: { onSent: () => void; answered: AnsweredConversation | undefined; beforeSending: () => Promise<void> },
) {
  const { id, emailAccountId, conversationId } = draft
  const openDraft = useOpenDraft()
  const openConversation = useOpenConversation()
  const refresh = useRefresh('conversations', 'drafts', 'submissions')
  const second = useSecondAnswer(conversationId, answered)

  /** The way that the user chose last; a retry and the answer to a question repeat it. */
  const wish = useRef<SendWish>({})
  /** `true` while it is unknown if this window has sent it. */
  const perhapsSent = useRef(false)

  const sending = useMutation({
    mutationFn: async () => {
      // The request always contains its id, so that a retry is the same request.
      await keeper.create()
      await beforeSending()
      await keeper.stop()
      const { writing } = keeper.now()
      const { inReplyTo, ...content } = toSentContent(writing)
      const { data: submission } = await postSubmissions({
        headers: { 'idempotency-key': id },
        body: {
          ...{ ...content, emailAccountId, draftId: id },
          ...(wish.current.sendAt === undefined ? { holdMs: HOLD_MS } : { sendAt: wish.current.sendAt }),
          ...(conversationId !== undefined && { conversationId, ...second.precondition, ...thenStatus(wish.current) }),
          ...(conversationId !== undefined && inReplyTo !== undefined && { replyToMessageId: inReplyTo }),
        },
      })
      return submission
    },
    onSuccess: (submission) => {
      if (conversationId === undefined) rememberAccount(emailAccountId)
      justStarted.settle(id)
      forgetUnsaved(id)
      announceSending(submission, {
        onTakenBack: ({ draftId, conversationId: there }) => {
          void refresh()
          void openDraft({ id: draftId, ...(there !== undefined && { conversationId: there }) })
        },
        onLook: ({ conversationId: there }) => there !== undefined && void openConversation(there),
      })
      void refresh()
      onSent()
    },
    onError: async (error) => {
      keeper.goOn()
      if (await second.take(error)) return
      const problem = toProblem(error)
      if (isUnclear(problem)) perhapsSent.current = true
      // Content that exists only here is not closed with it.
      if (sendFailure(problem, perhapsSent.current) !== 'sent-elsewhere' || keeper.isDirty()) return
      justStarted.settle(id)
      showNotice({
        message: words.composer.sentElsewhere.title,
        closeButtonProps: { 'aria-label': words.close },
      })
      void refresh()
      onSent()
    },
  })
  return {
    /** Sends in the way chosen last. */
    send: () => {
      if (!sending.isPending) sending.mutate()
    },
    choose: (way: SendWish) => {
      if (!sending.isPending) wish.current = way
    },
    isSending: sending.isPending,
    error: sending.error,
    second,
    fate:
      sending.error && toProblem(sending.error).code !== 'submission.answered_meanwhile'
        ? sendFailure(toProblem(sending.error), perhapsSent.current)
        : undefined,
  }
}

function thenStatus({ thenStatus: status }: SendWish): Pick<SendWish, 'thenStatus'> {
  return status === undefined ? {} : { thenStatus: status }
}
