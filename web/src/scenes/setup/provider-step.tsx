import { Stack, Text } from '@mantine/core'
import type { CloudProvider } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { CloudProviderForm } from './cloud-provider-form.tsx'
import type { Known } from './path-state.ts'
import { ProviderCheck } from './provider-check.tsx'
import type { SetupSearch } from './setup-search.ts'

interface ProviderStepProps {
  known: Known
  provider: CloudProvider | undefined
  search: SetupSearch
}

/** Step B: a form until there is a Cloud Provider, then its check. */
export function ProviderStep({ known: { workOrders }, provider, search }: ProviderStepProps) {
  const order = workOrders.find(({ id, state }) => id === search.order && state === 'proposed')
  return (
    <Stack>
      <Text>{words.setup.provider.sentence}</Text>
      {provider ? <ProviderCheck provider={provider} /> : <CloudProviderForm order={order} />}
    </Stack>
  )
}
