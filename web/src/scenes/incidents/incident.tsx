import { Anchor, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import {
  getIncidentsIdOptions,
  postIncidentsIdAcknowledgeMutation,
  type IncidentWithTimeline,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { durationWords } from '../../components/durations.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { AffectedSection } from './affected-section.tsx'
import { FixSection } from './fix-section.tsx'
import { IncidentBadge } from './incident-badge.tsx'
import { TimelineSection } from './timeline-section.tsx'
import { NotificationsSection } from './notifications-section.tsx'

const text = words.incidents

/** One incident: events, start, fix, affected mailboxes, notifications. */
export function IncidentPage() {
  const { incidentId } = useParams({ strict: false })
  const incident = useQuery(getIncidentsIdOptions({ path: { id: incidentId! } }))
  const back = (
    <Anchor component={Link} to="/incidents" size="sm">
      {text.title}
    </Anchor>
  )
  return (
    <Page title={incident.data?.forAdmins?.words.title ?? incident.data?.title ?? text.title} actions={back}>
      {incident.error && <ProblemNotice error={incident.error} onRetry={() => void incident.refetch()} />}
      {!incident.data && !incident.error && <LoadingRows rows={3} height={160} />}
      {incident.data && <Details incident={incident.data} />}
    </Page>
  )
}

function Details({ incident }: { incident: IncidentWithTimeline }) {
  return (
    <>
      <Head incident={incident} />
      <FixSection incident={incident} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap="md">
          <NotificationsSection incident={incident} />
          <TimelineSection incident={incident} />
        </Stack>
        <AffectedSection incident={incident} />
      </SimpleGrid>
    </>
  )
}

function Head({ incident }: { incident: IncidentWithTimeline }) {
  const { id, since, closedAt, cause, state, forAdmins } = incident
  const refresh = useRefresh('incidents')
  const acknowledge = useOnce({
    ...postIncidentsIdAcknowledgeMutation(),
    onSuccess: async () => {
      showNotice({ message: text.acknowledged })
      await refresh()
    },
  })
  const isAdmin = useMe().role === 'admin'
  const canTake = isAdmin && state === 'open' && forAdmins !== undefined && forAdmins.acknowledgedAt === undefined
  return (
    <Stack gap="xs">
      <Group gap="xs" role="status">
        <IncidentBadge incident={incident} />
        <Text size="sm">{text.causedBy(text.causes[cause], forAdmins?.subject.name, ': ')}</Text>
        <Text size="sm" c="dimmed">
          {closedAt === undefined ? (
            <>
              {text.since} <Time at={since} />
            </>
          ) : (
            <>
              {text.ended} <Time at={closedAt} />,{' '}
              {text.lasted(durationWords(Date.parse(closedAt) - Date.parse(since)))}
            </>
          )}
        </Text>
        {forAdmins !== undefined && forAdmins.reopened > 0 && <Text size="sm">{text.came(forAdmins.reopened)}</Text>}
      </Group>
      {state === 'open' && forAdmins?.acknowledgedAt !== undefined && (
        <Text size="sm">
          {text.acknowledgedBy(forAdmins.acknowledgedBy)} <Time at={forAdmins.acknowledgedAt} />.{' '}
          {text.acknowledgedHint}
        </Text>
      )}
      {canTake && (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconEye size={14} aria-hidden />}
            loading={acknowledge.isPending}
            onClick={() => acknowledge.mutate({ path: { id } })}
          >
            {text.acknowledge}
          </Button>
          <Text size="sm" c="dimmed">
            {text.acknowledgeHint}
          </Text>
        </Group>
      )}
      {acknowledge.error && <ProblemNotice error={acknowledge.error} />}
    </Stack>
  )
}
