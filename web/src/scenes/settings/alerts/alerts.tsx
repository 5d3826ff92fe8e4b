import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getAlertSettingsOptions } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { Warning } from '../../../components/warning.tsx'
import { words } from '../../../words/index.ts'
import { RelayPart } from './relay-part.tsx'
import { WebhooksPart } from './webhooks-part.tsx'

/** Channels for alerts, and reasons why they may not arrive. */
export function Alerts() {
  const { data, error, refetch } = useQuery(getAlertSettingsOptions())
  const { title, sentence, inApp } = words.alerts
  return (
    <div id="alerts">
      <Section title={title}>
        <Text size="sm" c="dimmed">
          {sentence} {inApp}
        </Text>
        {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && <LoadingRows rows={2} height={90} />}
        {data?.warnings.map((warning) => (
          <Warning key={warning.code} title={warning.title}>
            <Text size="sm">{warning.fix}</Text>
          </Warning>
        ))}
        {data && (
          <Stack gap="lg">
            <RelayPart relay={data.relay} />
            <WebhooksPart webhooks={data.webhooks} />
          </Stack>
        )}
      </Section>
    </div>
  )
}
