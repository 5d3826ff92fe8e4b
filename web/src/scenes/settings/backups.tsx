import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getBackupStatusOptions, type BackupStatus } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { sizeWords } from '../../components/sizes.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const ROW_HEIGHT = 62
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
          <Text size="sm">
            <Time at={failure.startedAt} /> {text.by(failure.server)}. {failure.cause}
          </Text>
          <Text size="sm">{failure.reason.fix}</Text>
        </Alert>
      )}
      <Facts
        facts={[
          [text.last, last ? <Last key="last" last={last} isOverdue={isOverdue} /> : text.none],
          [text.next, schedule ? <Time key="next" at={schedule.nextAt} /> : text.off],
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

function Last({ last, isOverdue }: { last: NonNullable<BackupStatus['last']>; isOverdue: boolean }) {
  const text = words.settings.backups
  const { startedAt, madeBy, server, sizeBytes, path } = last
  return (
    <>
      <Group gap="xs">
        <Time at={startedAt} />
        {isOverdue && (
          <SignBadge color="red" Sign={IconAlertTriangle}>
            {text.overdue}
          </SignBadge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {sizeWords(sizeBytes)} · {madeBy === 'schedule' ? text.bySchedule : text.byCommand} {text.by(server)} · {path}
      </Text>
    </>
  )
}
