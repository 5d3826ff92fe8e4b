import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getHealthzOptions } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

const OPENAPI = '/v1/openapi.json'
const METRICS = '/metrics'

export function About() {
  const health = useQuery(getHealthzOptions())
  const { about } = words.settings
  return (
    <Section title={about.title}>
      {health.error && <ProblemNotice error={health.error} onRetry={() => void health.refetch()} />}
      <Facts
        facts={[
          [about.version, health.data?.version ?? (health.isPending ? about.checking : about.unknown)],
          [about.address, location.origin],
          [about.health, health.isPending ? about.checking : health.error ? about.unhealthy : about.healthy],
          [
            about.openapi,
            <Anchor key="openapi" href={OPENAPI} size="sm">
              {OPENAPI}
            </Anchor>,
          ],
          [
            about.metrics,
            <Text key="metrics" size="sm">
              {METRICS}. {about.metricsHint}
            </Text>,
          ],
        ]}
      />
      <Group gap="xs">
        <ButtonLink to="/doctor" search={{}} size="xs" variant="default">
          {words.doctor.open}
        </ButtonLink>
        <Text size="sm" c="dimmed">
          {words.doctor.openHint}
        </Text>
      </Group>
    </Section>
  )
}
