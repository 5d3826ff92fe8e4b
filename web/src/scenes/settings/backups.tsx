import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getBackupStatusOptions, type BackupStatus } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { sizeWords } from '../../components/sizes.ts'
import { exactTime, upcomingTime } from '../../components/time-text.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const ROW_HEIGHT = 86
const REFRESH_MS = 60_000

/** Age of the last backup, its failure, and the schedule. */
export function Backups() {
  const options = { ...getBackupStatusOptions(), refetchInterval: REFRESH_MS }
  const { data, error, isPending, refetch } = useQuery(options)
  return (
    <Section title={words.settings.backups.title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} height={ROW_HEIGHT} />}
      {data && <Status {...data} />}
    </Section>
  )
}

function Status({ last, failure, running, schedule, isOverdue }: BackupStatus) {
  const text = words.settings.backups
  return (
    <Stack gap="sm" style={{ overflowWrap: 'anywhere' }}>
      {failure && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={text.failed(failure.reason.title)}>
          <Text size="sm">{failure.cause}</Text>
          <Text size="sm">{failure.reason.fix}</Text>
          <Text size="sm" c="dimmed">
            {text.tried} <Time at={failure.startedAt} /> {text.by(failure.server)}
          </Text>
        </Alert>
      )}
      <Facts
        facts={[
          [text.last, <Last key="last" last={last} isOverdue={isOverdue} />],
          [text.next, schedule ? <Next key="next" at={schedule.nextAt} isRetried={failure !== undefined} /> : text.off],
          [text.folder, schedule && `${schedule.folder}, ${schedule.isEncrypted ? text.encrypted : text.clear}`],
        ]}
      />
      {running && (
        <Text size="sm" c="dimmed">
          {text.running} <Time at={running.startedAt} /> {text.by(running.server)}
        </Text>
      )}
    </Stack>
  )
}

/** Time of the schedule, unless a failed backup is due. */
function Next({ at, isRetried }: { at: string; isRetried: boolean }) {
  if (isRetried) return words.settings.backups.retried
  return (
    <time dateTime={at} title={exactTime(new Date(at))}>
      {upcomingTime(new Date(at), clock.now())}
    </time>
  )
}

function Last({ last, isOverdue }: Pick<BackupStatus, 'last' | 'isOverdue'>) {
  const text = words.settings.backups
  return (
    <>
      <Group gap="xs">
        {last ? <Time at={last.startedAt} /> : text.none}
        {isOverdue && (
          <SignBadge color="red" Sign={IconAlertTriangle}>
            {text.overdue}
          </SignBadge>
        )}
      </Group>
      {last && (
        <Text size="xs" c="dimmed">
          {sizeWords(last.sizeBytes)} · {last.madeBy === 'schedule' ? text.bySchedule : text.byCommand}{' '}
          {text.by(last.server)} · {last.path}
        </Text>
      )}
    </>
  )
}
