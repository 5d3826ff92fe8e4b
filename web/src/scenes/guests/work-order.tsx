import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { postWorkOrdersPreview } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from '../entry/entry-page.tsx'
import { forgetLinkToken, useLinkToken } from '../entry/link-token.ts'
import { WorkOrderSheet } from '../setup/work-order-sheet.tsx'
import { HandBack } from './hand-back.tsx'

const PAGE = 'work-order'
const WIDE = 820
const text = words.guests.workOrder

/** Work order for an Entra admin without a login here. The IDs are returned on the same page, once. */
export function GuestWorkOrder() {
  const token = useLinkToken(PAGE)
  const [isBack, setBack] = useState(false)
  const order = useQuery({
    queryKey: ['guest-work-order', token],
    queryFn: async () => (await postWorkOrdersPreview({ body: { token: token! } })).data,
    enabled: token !== undefined,
    staleTime: Infinity,
  })
  const { noToken } = words.entry
  if (isBack) return <EntryPage title={text.done} sentence={text.doneSentence} />
  if (token === undefined) return <EntryPage title={noToken.title} sentence={noToken.fix} />
  if (order.isPending) {
    return (
      <EntryPage title={text.title} size={WIDE}>
        <LoadingRows rows={6} />
      </EntryPage>
    )
  }
  if (order.error) {
    return (
      <EntryPage title={text.title}>
        <ProblemNotice error={order.error} onRetry={() => void order.refetch()} />
      </EntryPage>
    )
  }
  return (
    <EntryPage title={text.title} sentence={text.sentence} size={WIDE}>
      <Text size="sm">
        {text.until} <Time at={order.data.expiresAt} />
      </Text>
      <WorkOrderSheet order={order.data.workOrder} />
      <HandBack
        token={token}
        onDone={() => {
          forgetLinkToken(PAGE)
          setBack(true)
        }}
      />
    </EntryPage>
  )
}
