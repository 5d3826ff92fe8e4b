import { useQuery } from '@tanstack/react-query'
import { getCloudProvidersIdCredentialsOptions, type CloudProvider } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { DrawnWorkOrder } from './drawn-work-order.tsx'
import { providerRequest } from './registration-choice.ts'

/** Work order of an existing registration, for the kind of credential added last. */
export function ProviderWorkOrder({ provider }: { provider: CloudProvider }) {
  const { data, isPending } = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id: provider.id } }))
  if (isPending) return <LoadingRows rows={6} />
  const [newest] = (data?.credentials ?? []).toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
  return <DrawnWorkOrder request={providerRequest(provider, newest?.kind)} />
}
