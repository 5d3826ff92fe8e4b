import { Button, Group, Stack, Text } from '@mantine/core'
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
import { ExactDay } from '../../components/exact-day.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { AddCredential } from './add-credential.tsx'
import { MakeCertificate, UploadCertificate } from './certificate.tsx'
import { ChangeExpiry } from './change-expiry.tsx'
import { credentialNames } from './credential-names.ts'
import { ExpiryBadge } from './expiry-badge.tsx'
import { CredentialStanding, TryNow } from './credential-standing.tsx'

const text = words.cloudProviders.credentials

/** Secrets and certificates with Microsoft's results, and their replacement. */
export function ProviderCredentials({ provider }: { provider: CloudProvider }) {
  const { data, error, refetch } = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id: provider.id } }))
  const [adding, { open, close }] = useDisclosure(false)
  // Ordered by creation, because the order of use changes.
  const credentials = data?.credentials.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
  const names = credentialNames(credentials ?? [])
  return (
    <Section
      title={text.title}
      actions={
        <Group gap="xs">
          <MakeCertificate provider={provider} />
          <Button size="xs" variant="default" onClick={open}>
            {text.add}
          </Button>
        </Group>
      }
    >
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!credentials && !error && <LoadingRows rows={1} height={32} />}
      {credentials?.length === 0 && <Text size="sm">{text.none}</Text>}
      {credentials?.map((credential) => (
        <CredentialRow
          key={credential.id}
          provider={provider}
          credential={credential}
          name={names.get(credential.id) ?? ''}
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
  name: string
  isLast: boolean
}

function CredentialRow({ provider, credential, name, isLast }: CredentialRowProps) {
  const { id } = provider
  const { id: credentialId, kind, expiresAt, expiryReadAt, createdAt, standing, lastUsedAt, trialAt } = credential
  const [isOpen, { open, close }] = useDisclosure(false)
  const queryClient = useQueryClient()
  const remove = useOnce({
    mutationFn: async () => {
      await deleteCloudProvidersIdCredentialsCredentialId({ path: { id, credentialId } })
      // The result of the check for a removed credential is outdated; a failed check has its own notice.
      await postCloudProvidersIdCheck({ path: { id } }).catch(() => undefined)
    },
    onSuccess: async () => {
      close()
      await queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] })
    },
  })
  return (
    <Stack gap={6}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Group gap="sm">
            <Text size="sm" fw={500}>
              {name}
            </Text>
            <CredentialStanding standing={standing} />
            <ExpiryBadge expiresAt={expiresAt} />
          </Group>
          <Text size="sm" c="dimmed">
            {text.added} <Time at={createdAt} />
            {expiresAt !== undefined && (
              <>
                {' '}
                · {text.goodUntil} <ExactDay at={expiresAt} />
              </>
            )}
            {lastUsedAt !== undefined && (
              <>
                {' '}
                · {text.lastUsed} <Time at={lastUsedAt} />
              </>
            )}
          </Text>
          {expiryReadAt !== undefined && (
            <Text size="sm" c="dimmed">
              {text.expiryRead}
            </Text>
          )}
        </Stack>
        <Group gap="xs">
          {standing.state !== 'works' && <TryNow providerId={id} credential={credential} name={name} />}
          {kind === 'secret' && <ChangeExpiry providerId={id} credential={credential} name={name} />}
          <Button size="xs" variant="default" onClick={open} aria-label={`${text.remove}: ${name}`}>
            {text.remove}
          </Button>
        </Group>
      </Group>
      {standing.state !== 'works' && standing.reason && (
        <Text size="sm">
          {standing.reason.title}. {standing.reason.fix}{' '}
          {trialAt !== undefined && (
            <>
              {text.nextTrial} <Time at={trialAt} />
            </>
          )}
        </Text>
      )}
      {credential.isReplaced && <Text size="sm">{text.replaced}</Text>}
      {kind === 'certificate' && standing.state !== 'works' && (
        <UploadCertificate provider={provider} credential={credential} title={text.upload.title} />
      )}
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        title={text.removeTitle(name)}
        {...(isLast && { sentence: text.removeLast })}
        removes={text.removeRemoves(name)}
        keeps={text.removeKeeps}
        confirm={text.removeButton}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        error={remove.error}
        destructive
      />
    </Stack>
  )
}
