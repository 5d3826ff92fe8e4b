import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { postWorkOrdersDraw } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import type { Wish } from './wish.ts'
import { WorkOrderSheet } from './work-order-sheet.tsx'

/** The work order of a wish, drawn by the server. The last one stays shown while the next is drawn. */
export function DrawnWorkOrder({ wish }: { wish: Wish }) {
  const order = useQuery({
    queryKey: ['work-order', wish],
    queryFn: async () => (await postWorkOrdersDraw({ body: wish })).data,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  if (order.error) return <ProblemNotice error={order.error} onRetry={() => void order.refetch()} />
  if (!order.data) return <LoadingRows rows={6} />
  return <WorkOrderSheet order={order.data} />
}
