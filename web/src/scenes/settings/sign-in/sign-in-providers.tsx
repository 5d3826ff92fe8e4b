import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getIdentityProvidersOptions } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { words } from '../../../words/index.ts'
import { AdmissionRequests } from './admission-requests.tsx'
import { NewProvider } from './new-provider.tsx'
import { ProviderRow } from './provider-row.tsx'

/** Administration of sign-in providers, with the users who wait for approval. */
export function SignInProviders() {
  const { data, error, isPending, refetch } = useQuery(getIdentityProvidersOptions())
  const [adding, { open, close }] = useDisclosure(false)
  const text = words.signInProviders
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
          {text.add}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} />}
      {data?.identityProviders.length === 0 && <Text size="sm">{text.empty}</Text>}
      <Stack gap="md">
        {data?.identityProviders.map((provider) => (
          <ProviderRow key={provider.id} provider={provider} />
        ))}
      </Stack>
      <AdmissionRequests />
      {adding && <NewProvider onClose={close} />}
    </Section>
  )
}
