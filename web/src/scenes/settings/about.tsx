import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { version } from '../../../package.json'
import { getHealthzOptions } from '../../api/client.ts'
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
      <Facts
        facts={[
          [about.version, version],
          [about.address, location.origin],
          [about.health, health.data && about.healthy],
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
      {health.error && <ProblemNotice error={health.error} onRetry={() => void health.refetch()} />}
    </Section>
  )
}
