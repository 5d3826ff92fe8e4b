import { Button } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconAlertTriangle, IconCheck, IconClock } from '@tabler/icons-react'
import { postCloudProvidersIdCredentialsCredentialIdTryMutation, type ProviderCredential } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const text = words.cloudProviders.credentials
const SIGNS = {
  works: { color: 'teal', Sign: IconCheck },
  untried: { color: 'gray', Sign: IconClock },
  refused: { color: 'red', Sign: IconAlertTriangle },
} as const

/** Result at Microsoft, as a word with an icon. */
export function CredentialStanding({ standing }: Pick<ProviderCredential, 'standing'>) {
  const { color, Sign } = SIGNS[standing.state]
  return (
    <SignBadge color={color} Sign={Sign}>
      {text.standing[standing.state]} {standing.state !== 'untried' && <Time at={standing.since} />}
    </SignBadge>
  )
}

interface TryNowProps {
  providerId: string
  credential: ProviderCredential
  name: string
}

export function TryNow({ providerId, credential, name }: TryNowProps) {
  const refresh = useRefresh('cloud-providers')
  const trial = useOnce({
    ...postCloudProvidersIdCredentialsCredentialIdTryMutation(),
    onSuccess: async ({ standing }) => {
      showNotice({ message: text.tried[standing.state] })
      await refresh()
    },
  })
  return (
    <Button
      size="xs"
      variant="default"
      loading={trial.isPending}
      aria-label={`${text.tryNow}: ${name}`}
      onClick={() => trial.mutate({ path: { id: providerId, credentialId: credential.id } })}
    >
      {text.tryNow}
    </Button>
  )
}
