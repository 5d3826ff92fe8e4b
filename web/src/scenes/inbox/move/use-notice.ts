import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getEmailAccountsIdIdentitiesOptions,
  getMessagesIdAnswer,
  postCannedResponsesIdUse,
  type Conversation,
  type EmailAccount,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useMe } from '../../../session/session.ts'
import { findMessageToAnswer } from './move-conversation.ts'
import { afterOtherTarget, noticeValues, textOf, type NoticeText } from './notice-text.ts'

/** Optional message to the customer of a moved conversation: typed, or begun with a canned response. */
export function useNotice({ id, subject }: Conversation, to: EmailAccount | undefined) {
  const me = useMe()
  const [isOn, setOn] = useState(false)
  const [notice, setNotice] = useState<NoticeText>({})
  const refresh = useRefresh('canned-responses')
  const identities = useQuery({
    ...getEmailAccountsIdIdentitiesOptions({ path: { id: to?.id ?? '' } }),
    enabled: isOn && to !== undefined,
  })
  const recipient = useQuery({
    queryKey: ['recipient of a notice', id],
    queryFn: () => findRecipient(id),
    gcTime: 0,
    enabled: isOn,
  })
  const use = useMutation({
    mutationFn: async (cannedId: string) => (await postCannedResponsesIdUse({ path: { id: cannedId }, body: {} })).data,
    onSuccess: ({ text, html }, cannedId) => {
      setNotice({ canned: { id: cannedId, text, html } })
      void refresh()
    },
  })
  const { typed, canned, isOutdated = false } = notice
  const isFilled = canned !== undefined && typed === undefined
  const isPending = use.isPending || (isFilled && (identities.isLoading || recipient.isLoading))
  const loaded = { identities: identities.data?.identities, recipient: recipient.data }
  const text = isOn ? textOf(notice, noticeValues(loaded, { agent: me, subject })) : undefined
  return {
    /** Undefined while the customer is not notified. */
    text,
    setText: (now: string) => setNotice({ ...notice, typed: now }),
    /** A canned response is loading, so mailbox and text can't change. */
    isPending,
    error: use.error ?? identities.error ?? recipient.error,
    /** Repeats what failed. */
    retry() {
      if (use.error) use.mutate(use.variables)
      for (const query of [identities, recipient]) if (query.error) void query.refetch()
    },
    cannedId: use.isPending ? use.variables : (canned?.id ?? null),
    isOutdated,
    toggle(on: boolean) {
      setOn(on)
      setNotice({})
      use.reset()
    },
    choose(cannedId: string | null) {
      if (cannedId === null) setNotice({ ...(text !== undefined && { typed: text }), isOutdated })
      else use.mutate(cannedId)
    },
    changeTarget: () => setNotice(afterOtherTarget(notice)),
  }
}

async function findRecipient(conversationId: string) {
  const id = await findMessageToAnswer(conversationId)
  const { data: answer } = await getMessagesIdAnswer({ path: { id }, query: { kind: 'reply' } })
  return answer.to[0] ?? null
}
