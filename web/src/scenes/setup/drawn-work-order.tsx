import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { postWorkOrdersDraw } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import type { RegistrationRequest } from './registration-choice.ts'
import { WorkOrderSheet } from './work-order-sheet.tsx'

/** Work order for a request, drawn by the server. The last one stays visible while the next is drawn. */
export function DrawnWorkOrder({ request }: { request: RegistrationRequest }) {
  const order = useQuery({
    queryKey: ['work-order', request],
    queryFn: async () => (await postWorkOrdersDraw({ body: request })).data,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  if (order.error) return <ProblemNotice error={order.error} onRetry={() => void order.refetch()} />
  if (!order.data) return <LoadingRows rows={6} />
  return <WorkOrderSheet order={order.data} />
}
