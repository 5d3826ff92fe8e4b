import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { getDeviceSignInsIdOptions, type DeviceSignIn as Begun } from '../api/client.ts'
import { words } from '../words/index.ts'
import { CopyButton } from './copy-button.tsx'
import { Time } from './time.tsx'

const text = words.deviceSignIn
const LOOK_EVERY_MS = 2000

/** A code to enter at Microsoft, with its status; `next` is the continuation. */
export function DeviceSignIn({ begun, next }: { begun: Begun; next?: ReactNode }) {
  const { data } = useQuery({
    ...getDeviceSignInsIdOptions({ path: { id: begun.id } }),
    initialData: begun,
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? LOOK_EVERY_MS : false),
  })
  const queryClient = useQueryClient()
  const isDone = data.state === 'done'
  // A sign-in causes no event, and lists of sign-ins are shown next to this.
  useEffect(() => {
    if (isDone) void queryClient.invalidateQueries({ queryKey: [{ tags: ['grants'] }] })
  }, [isDone, queryClient])
  const { state, userCode, verificationUri, expiresAt, requestedAddress, userName, reason } = data
  if (state === 'done') {
    return (
      <Alert color="teal" variant="outline" role="status" title={text.done(userName ?? '')} styles={plainTitle}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{text.doneSentence(requestedAddress)}</Text>
          {next}
        </Stack>
      </Alert>
    )
  }
  if (state === 'failed') {
    return (
      <Alert
        color="red"
        variant="outline"
        role="alert"
        title={reason?.title}
        icon={<IconAlertTriangle aria-hidden />}
        styles={plainTitle}
      >
        <Text size="sm">
          {userName !== undefined && text.signedIn(userName)} {fixFor(reason?.fix, requestedAddress, userName)}
        </Text>
      </Alert>
    )
  }
  return (
    <Alert color="cyan" variant="outline" title={text.title(requestedAddress)} styles={plainTitle}>
      <Stack gap="xs">
        <Text size="sm">
          {text.open}{' '}
          <Anchor href={verificationUri} target="_blank" rel="noreferrer" size="sm">
            {verificationUri}
          </Anchor>{' '}
          {text.type}
        </Text>
        <Group>
          <Title order={3} ff="monospace" style={{ letterSpacing: '0.15em' }}>
            {userCode}
          </Title>
          {userCode !== undefined && <CopyButton what={text.code} value={userCode} />}
        </Group>
        <Text size="sm" fw={600}>
          {text.warning}
        </Text>
        <Text size="sm" role="status">
          {text.waiting} <Time at={expiresAt} />
        </Text>
      </Stack>
    </Alert>
  )
}

const plainTitle = { title: { color: 'var(--mantine-color-text)' } }

function fixFor(fix: string | undefined, address: string, userName: string | undefined): string {
  const named = (fix ?? '').replaceAll('<mailbox>', address)
  return userName === undefined ? named : named.replaceAll('<person>', userName)
}
