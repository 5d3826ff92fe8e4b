import { List, Stack, Switch, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getSignInPolicyPreviewOptions, type SignInPolicy } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { TitledLines } from '../../../components/titled-lines.tsx'
import { words } from '../../../words/index.ts'
import { usePolicyChange } from './use-policy-change.ts'

/** The switch to providers only. Switching on names the people whom it locks out. */
export function OnlyByProvider({ policy: { onlyByProvider } }: { policy: SignInPolicy }) {
  const text = words.signInPolicy
  const [asking, { open, close }] = useDisclosure(false)
  const switchOff = usePolicyChange(text.onlyOff)
  return (
    <Stack gap="xs">
      {switchOff.error && <ProblemNotice error={switchOff.error} />}
      <Switch
        label={text.only}
        description={text.onlyHint}
        checked={onlyByProvider}
        disabled={switchOff.isPending}
        onChange={({ currentTarget }) =>
          currentTarget.checked ? open() : switchOff.mutate({ body: { onlyByProvider: false } })
        }
      />
      {asking && <ConfirmOnly onClose={close} />}
    </Stack>
  )
}

function ConfirmOnly({ onClose }: { onClose: () => void }) {
  const text = words.signInPolicy
  const { data, error, refetch } = useQuery({ ...getSignInPolicyPreviewOptions(), gcTime: 0, staleTime: 0 })
  const change = usePolicyChange(text.onlyOn, onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={text.onTitle}
      confirm={text.onButton}
      destructive
      waiting={!data}
      busy={change.isPending}
      error={change.error ?? error}
      {...(error && { onRetry: () => void refetch() })}
      onConfirm={() => change.mutate({ body: { onlyByProvider: true } })}
    >
      {data && (
        <Stack gap="xs">
          <Text size="sm">{text.lockedOut(data.lockedOut.length)}</Text>
          {data.lockedOut.length > 0 && (
            <>
              <List size="sm" mah={160} style={{ overflowY: 'auto' }}>
                {data.lockedOut.map(({ id, name, email }) => (
                  <List.Item key={id}>
                    {name} ({email})
                  </List.Item>
                ))}
              </List>
              <Text size="sm" c="dimmed">
                {text.unlock}
              </Text>
            </>
          )}
          <Text size="sm">{text.sessionsEnd(data.sessions)}</Text>
          <TitledLines title={words.keeps} lines={text.keeps} />
        </Stack>
      )}
    </ConfirmDialog>
  )
}
