import { Badge, Button, Group, Paper, Text } from '@mantine/core'
import { deleteSessionsIdMutation, type ListedSession } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'

/** A session. The one of this browser ends by *Sign out*. */
export function SessionRow({ session }: { session: ListedSession }) {
  const { id, isCurrent, device, method, secondFactor, clientAddress, signedInAt, lastSeenAt } = session
  const text = words.account.sessions
  const refresh = useRefresh('sessions')
  const end = useOnce({
    ...deleteSessionsIdMutation(),
    onSuccess: async () => {
      showNotice({ message: text.ended })
      await refresh()
    },
    // It may have ended meanwhile.
    onError: () => void refresh(),
  })
  const name = text.device(device.browser, device.system)
  const steps = [text.methods[method], ...(secondFactor ? [text.secondFactors[secondFactor]] : [])]
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text fw={600} size="sm" component="div">
            {name}{' '}
            {isCurrent && (
              <Badge variant="default" radius="sm" tt="none">
                {text.here}
              </Badge>
            )}
          </Text>
          <Text size="sm">{text.signedIn(new Intl.ListFormat(language).format(steps), clientAddress)}</Text>
          <Text size="xs" c="dimmed">
            {text.opened} <Time at={signedInAt} /> · {text.lastSeen} <Time at={lastSeenAt} />
          </Text>
        </div>
        {!isCurrent && (
          <Button
            size="xs"
            variant="default"
            style={{ flex: 'none' }}
            loading={end.isPending}
            aria-label={text.endOf(name)}
            onClick={() => end.mutate({ path: { id } })}
          >
            {text.end}
          </Button>
        )}
      </Group>
      {end.error && <ProblemNotice error={end.error} />}
    </Paper>
  )
}
