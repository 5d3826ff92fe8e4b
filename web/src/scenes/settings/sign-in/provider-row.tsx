import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import {
  patchIdentityProvidersIdMutation,
  postIdentityProvidersIdTestMutation,
  type IdentityProvider,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { CopyValue } from '../../../components/copy-value.tsx'
import { Facts } from '../../../components/facts.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { words } from '../../../words/index.ts'
import { ChangeProvider } from './change-provider.tsx'
import { RemoveProvider } from './remove-provider.tsx'

/** A provider with its state, and the buttons to test, enable and remove it. */
export function ProviderRow({ provider }: { provider: IdentityProvider }) {
  const { id, name, kind, isEnabled, issuer, clientId, redirectUri, admission } = provider
  const [removing, { open, close }] = useDisclosure(false)
  const [changing, dialog] = useDisclosure(false)
  const refresh = useRefresh('identity-providers', 'sign-in-options')
  const text = words.signInProviders
  const path = { id }
  const announceClaim = () => kind === 'microsoft' && showNotice({ message: text.claimOfMicrosoft(name) })
  const change = useMutation({
    ...patchIdentityProvidersIdMutation(),
    onSuccess: async () => {
      if (!isEnabled) announceClaim()
      await refresh()
    },
  })
  const test = useMutation({
    ...postIdentityProvidersIdTestMutation(),
    onSuccess: () => {
      showNotice({ message: text.tested(name) })
      announceClaim()
    },
  })
  const error = change.error ?? test.error
  const button = { size: 'compact-sm', variant: 'default' } as const
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          <b>{name}</b> · {isEnabled ? text.enabled : text.disabled} · {text.admissions[admission.kind]}
        </Text>
        <Group gap="xs">
          <Button
            {...button}
            aria-label={text.testOf(name)}
            loading={test.isPending}
            onClick={() => test.mutate({ path })}
          >
            {text.test}
          </Button>
          <Button
            {...button}
            aria-label={isEnabled ? text.disableOf(name) : text.enableOf(name)}
            loading={change.isPending}
            onClick={() => change.mutate({ path, body: { isEnabled: !isEnabled } })}
          >
            {isEnabled ? text.disable : text.enable}
          </Button>
          <Button {...button} aria-label={text.changeOf(name)} onClick={dialog.open}>
            {text.change}
          </Button>
          <Button {...button} aria-label={text.removeOf(name)} onClick={open}>
            {text.remove}
          </Button>
        </Group>
      </Group>
      <Facts
        facts={[
          [text.issuer, issuer],
          [text.clientId, clientId],
        ]}
      />
      <CopyValue name={text.redirectUri} value={redirectUri} />
      {error && <ProblemNotice error={error} />}
      {changing && <ChangeProvider provider={provider} onClose={dialog.close} />}
      {removing && <RemoveProvider provider={provider} onClose={close} />}
    </Stack>
  )
}
