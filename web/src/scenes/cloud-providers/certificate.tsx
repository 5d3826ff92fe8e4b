import { Button, Paper, Stack, Text } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconDownload } from '@tabler/icons-react'
import {
  postCloudProvidersIdCredentialsMutation,
  type CloudProvider,
  type ProviderCredential,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

const text = words.cloudProviders.credentials
const FILE = 'postkey.cer'
const MONTHS = 24

/** Creates a certificate on the server: its private key never reaches the browser. */
export function MakeCertificate({ provider: { id } }: { provider: CloudProvider }) {
  const refresh = useRefresh('cloud-providers')
  const make = useOnce({
    ...postCloudProvidersIdCredentialsMutation(),
    onSuccess: async () => {
      showNotice({ message: text.made })
      await refresh()
    },
  })
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={make.isPending}
        onClick={() => make.mutate({ path: { id }, body: { kind: 'certificate', months: MONTHS } })}
      >
        {text.make}
      </Button>
      {make.error && <ProblemNotice error={make.error} />}
    </>
  )
}

interface UploadCertificateProps {
  provider: CloudProvider
  credential: ProviderCredential
  title?: string
}

/** The public part, and both ways to upload it: the portal and one command. */
export function UploadCertificate({ provider, credential: { certificate }, title }: UploadCertificateProps) {
  if (!certificate) return undefined
  const { upload } = text
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        {title !== undefined && (
          <Text size="sm" fw={500}>
            {title}
          </Text>
        )}
        <div>
          <Button
            component="a"
            size="xs"
            href={`data:application/x-pem-file;base64,${btoa(certificate.pem)}`}
            download={FILE}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            {upload.download}
          </Button>
        </div>
        <Text size="sm">{upload.path}</Text>
        <CopyValue
          name={upload.command}
          value={`az ad app credential reset --id ${provider.clientId} --append --cert @${FILE}`}
        />
        <CopyValue name={upload.thumbprint} value={certificate.sha1} />
        <CopyValue name={upload.sha256} value={certificate.sha256} />
        <Text size="sm" c="dimmed">
          {upload.key}
        </Text>
      </Stack>
    </Paper>
  )
}
