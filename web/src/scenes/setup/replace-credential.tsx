import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteCloudProvidersIdCredentialsCredentialId,
  postCloudProvidersIdCheck,
  postCloudProvidersIdCredentials,
  type CloudProvider,
  type ProviderCredential,
} from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { CredentialFields, toCredential, isCredentialReady, NO_CREDENTIAL } from './credential-fields.tsx'
import { SECRET_CODES } from './secret-fields.tsx'
import { useUnsavedSecret } from './unsaved-secret.ts'

const text = words.setup.check

interface ReplaceCredentialProps {
  provider: CloudProvider
  credentials: readonly ProviderCredential[]
}

/** Replaces the secrets that Microsoft refused. Certificates stay: they can be uploaded again. */
export function ReplaceCredential({ provider, credentials }: ReplaceCredentialProps) {
  const queryClient = useQueryClient()
  const [secret, setSecret] = useUnsavedSecret(`replace ${provider.id}`)
  const [rest, setRest] = useState(NO_CREDENTIAL)
  const entry = { ...rest, secret }
  const setEntry = (next: typeof entry) => {
    setSecret(next.secret)
    setRest({ ...next, secret: '' })
  }
  const refused = (provider.lastCheck?.lines ?? [])
    .filter(({ what, outcome }) => what === 'credential' && outcome === 'wrong')
    .map(({ credentialId }) => credentials.find(({ id, kind }) => id === credentialId && kind === 'secret')?.id)
    .filter((id) => id !== undefined)
  const replace = useOnce({
    mutationFn: async () => {
      const { id } = provider
      await postCloudProvidersIdCredentials({ path: { id }, body: toCredential(entry) })
      for (const credentialId of refused) {
        await deleteCloudProvidersIdCredentialsCredentialId({ path: { id, credentialId } })
      }
      return postCloudProvidersIdCheck({ path: { id } })
    },
    onSuccess: () => setEntry(NO_CREDENTIAL),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] }),
  })
  return (
    <Section title={text.replace}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isCredentialReady(entry)) replace.mutate()
        }}
      >
        <Stack>
          {refused.length > 0 && <Text size="sm">{text.replaceSentence}</Text>}
          {replace.error && !SECRET_CODES.includes(toProblem(replace.error).code) && (
            <ProblemNotice error={replace.error} />
          )}
          <CredentialFields value={entry} onChange={setEntry} error={replace.error} />
          <Group>
            <Button type="submit" loading={replace.isPending}>
              {entry.proof === 'certificate' ? text.replaceByCertificate : text.replaceButton}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
