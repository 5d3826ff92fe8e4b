import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getCloudProvidersIdCredentialsOptions, type CloudProvider } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { UploadCertificate } from '../cloud-providers/certificate.tsx'
import { CheckAgain } from './check-again.tsx'
import { ReplaceCredential } from './replace-credential.tsx'

const text = words.setup.check
const UNKNOWN = 'cloud_providers.certificate_unknown'

/** Steps until Microsoft accepts a credential: an upload, or another credential. */
export function ProviderProof({ provider }: { provider: CloudProvider }) {
  const { id } = provider
  const { data, error, refetch } = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id } }))
  const [instead, { open }] = useDisclosure(false)
  if (error && !data) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows rows={2} />

  const lines = (provider.lastCheck?.lines ?? []).filter(({ what }) => what === 'credential')
  const isUnknown = (credentialId: string) =>
    lines.some((line) => line.credentialId === credentialId && line.outcome !== 'ok' && line.code === UNKNOWN)
  const toUpload = data.credentials.filter((one) => one.kind === 'certificate' && isUnknown(one.id))
  const isWrong = lines.some(({ outcome, code }) => outcome === 'wrong' && code !== UNKNOWN)
  return (
    <>
      {toUpload.length > 0 && (
        <Section title={text.upload}>
          <Text size="sm">{text.uploadSentence}</Text>
          {toUpload.map((credential) => (
            <UploadCertificate key={credential.id} provider={provider} credential={credential} />
          ))}
          <Group>
            <CheckAgain providerId={id} label={text.uploaded} />
            {!isWrong && !instead && (
              <Button variant="default" onClick={open}>
                {text.instead}
              </Button>
            )}
          </Group>
        </Section>
      )}
      {(isWrong || instead || toUpload.length === 0) && (
        <ReplaceCredential provider={provider} credentials={data.credentials} />
      )}
    </>
  )
}
