import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteCloudProvidersIdCredentialsCredentialId,
  postCloudProvidersIdCheck,
  postCloudProvidersIdCredentials,
  type CloudProvider,
} from '../../api/client.ts'
import { problemOf } from '../../api/problem.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { isSecretAnId, newCredentialOf, NO_SECRET, SECRET_CODES, SecretFields } from './secret-fields.tsx'

const text = words.setUp.check

/** Another secret in place of the ones that Microsoft refused; those it accepts stay. */
export function ReplaceSecret({ provider }: { provider: CloudProvider }) {
  const queryClient = useQueryClient()
  const [secret, setSecret] = useState(NO_SECRET)
  const refused = (provider.lastCheck?.lines ?? [])
    .filter(({ what, outcome }) => what === 'credential' && outcome === 'wrong')
    .map(({ credentialId }) => credentialId)
    .filter((id) => id !== undefined)
  const replace = useOnce({
    mutationFn: async () => {
      const { id } = provider
      await postCloudProvidersIdCredentials({ path: { id }, body: newCredentialOf(secret) })
      for (const credentialId of refused) {
        await deleteCloudProvidersIdCredentialsCredentialId({ path: { id, credentialId } })
      }
      return postCloudProvidersIdCheck({ path: { id } })
    },
    onSuccess: () => setSecret(NO_SECRET),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] }),
  })
  return (
    <Section title={text.replace}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isSecretAnId(secret)) replace.mutate()
        }}
      >
        <Stack>
          <Text size="sm">{text.replaceSentence}</Text>
          {replace.error && !SECRET_CODES.includes(problemOf(replace.error).code) && (
            <ProblemNotice error={replace.error} />
          )}
          <SecretFields value={secret} onChange={setSecret} error={replace.error} />
          <Group>
            <Button type="submit" loading={replace.isPending}>
              {text.replaceButton}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
