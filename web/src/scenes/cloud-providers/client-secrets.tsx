import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import {
  deleteCloudProvidersIdCredentialsCredentialId,
  getCloudProvidersIdCredentialsOptions,
  postCloudProvidersIdCheck,
  type CloudProvider,
  type ProviderCredential,
} from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { AddCredential } from './add-credential.tsx'
import { ChangeEnd } from './change-end.tsx'
import { EndBadge } from './end-badge.tsx'

const text = words.cloudProviders.credentials

/** The secrets with their end dates, and the hand-over from one to the next. */
export function ClientSecrets({ provider }: { provider: CloudProvider }) {
  const { data, error, refetch } = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id: provider.id } }))
  const [adding, { open, close }] = useDisclosure(false)
  const credentials = data?.credentials
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" variant="default" onClick={open}>
          {text.add}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!credentials && !error && <LoadingRows rows={1} height={32} />}
      {credentials?.length === 0 && <Text size="sm">{text.none}</Text>}
      {credentials?.map((credential, index) => (
        <CredentialRow
          key={credential.id}
          provider={provider}
          credential={credential}
          number={index + 1}
          isLast={credentials.length === 1}
        />
      ))}
      <AddCredential provider={provider} opened={adding} onClose={close} />
    </Section>
  )
}

interface CredentialRowProps {
  provider: CloudProvider
  credential: ProviderCredential
  number: number
  isLast: boolean
}

function CredentialRow({ provider, credential, number, isLast }: CredentialRowProps) {
  const { id } = provider
  const { id: credentialId, endsAt, createdAt } = credential
  const [asked, { open, close }] = useDisclosure(false)
  const queryClient = useQueryClient()
  const remove = useOnce({
    mutationFn: async () => {
      await deleteCloudProvidersIdCredentialsCredentialId({ path: { id, credentialId } })
      // What the removed one was found to be says nothing any more; a check that fails has its own notice.
      await postCloudProvidersIdCheck({ path: { id } }).catch(() => undefined)
    },
    onSuccess: async () => {
      close()
      await queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] })
    },
  })
  const name = text.secretNumber(number)
  return (
    <Group justify="space-between">
      <Group gap="sm">
        <Text size="sm">
          {name} · {text.added} <Time at={createdAt} />
          {endsAt !== undefined && (
            <>
              {' '}
              · {text.goodUntil} <Time at={endsAt} />
            </>
          )}
        </Text>
        <EndBadge endsAt={endsAt} />
      </Group>
      <Group gap="xs">
        <ChangeEnd providerId={id} credential={credential} name={name} />
        <Button size="xs" variant="default" onClick={open} aria-label={`${text.remove}: ${name}`}>
          {text.remove}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asked}
        onClose={close}
        title={text.removeTitle}
        {...(isLast && { sentence: text.removeLast })}
        goes={text.removeGoes}
        stays={text.removeStays}
        confirm={text.removeButton}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        error={remove.error}
        destructive
      />
    </Group>
  )
}
