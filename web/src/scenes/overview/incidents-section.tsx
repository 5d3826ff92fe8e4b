import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { IncidentRow } from '../incidents/incident-row.tsx'
import { openIncidentsQuery } from '../shell/open-incidents.ts'

const text = words.overview
const MOST_SHOWN = 4

/** The latest open incidents. */
export function IncidentsSection() {
  const { data, error, refetch } = useQuery(openIncidentsQuery)
  const incidents = data?.incidents
  return (
    <Section
      title={text.incidents}
      actions={
        <ButtonLink to="/incidents" search={{}} size="xs" variant="default">
          {text.show}
        </ButtonLink>
      }
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!incidents && !error && <LoadingRows rows={1} height={80} />}
      {incidents?.length === 0 && <Text size="sm">{text.noIncident}</Text>}
      <Stack gap="xs">
        {incidents?.slice(0, MOST_SHOWN).map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </Stack>
      {incidents !== undefined && incidents.length > MOST_SHOWN && (
        <Text size="sm" c="dimmed">
          {text.moreIncidents(incidents.length - MOST_SHOWN)}
        </Text>
      )}
    </Section>
  )
}
