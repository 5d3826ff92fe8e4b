import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { postCloudProvidersIdCheckMutation, type CheckResult, type CloudProvider } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { CheckLines } from './check-lines.tsx'

const text = words.setup.check

/** The last check of a registration, and the button that checks again. */
export function ShownCheck({ provider }: { provider: CloudProvider }) {
  const { id, lastCheck, state } = provider
  // The check succeeded before a mailbox that signed in later failed.
  const isOutdated = state === 'needs-admin' && lastCheck !== undefined && !isWrong(provider) && !isWaiting(provider)
  const queryClient = useQueryClient()
  const check = useMutation({
    ...postCloudProvidersIdCheckMutation(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] }),
  })
  return (
    <Stack gap="sm">
      {check.error && <ProblemNotice error={check.error} />}
      {isOutdated && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          {text.outdated}
        </Alert>
      )}
      {lastCheck && <CheckLines label={text.title} lines={lastCheck.lines.map(lineOf)} />}
      <Group gap="sm">
        <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate({ path: { id } })}>
          {text.again}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {check.isPending ? text.running : lastCheck && [`${text.at} `, <Time key="at" at={lastCheck.at} />]}
        </Text>
        {check.data && (
          <Text size="sm" fw={500} role="status">
            {text.found(countOf(check.data, 'wrong'), countOf(check.data, 'waiting'))}
          </Text>
        )}
      </Group>
    </Stack>
  )
}

function countOf({ lines }: CheckResult, wanted: 'wrong' | 'waiting'): number {
  return lines.filter(({ outcome }) => outcome === wanted).length
}

function lineOf({ what, outcome, title, fix, credentialId, address, copy }: CheckResult['lines'][number]) {
  // The page below explains the upload of a waiting certificate.
  const sentences = outcome === 'waiting' ? [] : [fix]
  return {
    key: `${what}${credentialId ?? ''}${address ?? ''}`,
    outcome,
    title,
    sentences,
    action: copy !== undefined && <CopyValue name={words.setup.order.redirectUri} value={copy} />,
  }
}

/** `true` while the certificate must be uploaded before anything continues. */
export function isWaiting({ state, lastCheck }: CloudProvider): boolean {
  const lines = lastCheck?.lines ?? []
  // It may have worked since the check, or another credential may be in use.
  const isProven = state === 'connected' || lines.some(({ what, outcome }) => what === 'credential' && outcome === 'ok')
  return !isProven && lines.some(({ outcome }) => outcome === 'waiting')
}

export function isWrong(provider: CloudProvider, what?: CheckResult['lines'][number]['what']): boolean {
  return (provider.lastCheck?.lines ?? []).some(
    (line) => line.outcome === 'wrong' && (what === undefined || line.what === what),
  )
}
