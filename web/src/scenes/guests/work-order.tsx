import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { postWorkOrdersPreview } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from '../entry/entry-page.tsx'
import { forgetLinkToken, useLinkToken } from '../entry/link-token.ts'
import { WorkOrderSheet } from '../setup/work-order-sheet.tsx'
import { HandBack } from './hand-back.tsx'
import { LinkPage } from './link-page.tsx'

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
  if (isBack) return <EntryPage title={text.done} sentence={text.doneSentence} />
  return (
    <LinkPage token={token} preview={order} title={text.title} size={WIDE} rows={6}>
      {({ expiresAt, workOrder }, known) => (
        <EntryPage title={text.title} sentence={text.sentence} size={WIDE}>
          <Text size="sm">
            {text.until} <Time at={expiresAt} />
          </Text>
          <WorkOrderSheet order={workOrder} />
          <HandBack
            token={known}
            onDone={() => {
              forgetLinkToken(PAGE)
              setBack(true)
            }}
          />
        </EntryPage>
      )}
    </LinkPage>
  )
}
