import { Center, Text } from '@mantine/core'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AuditList, AuditState, OlderButton, useAuditLines } from '../audit/audit-list.tsx'

const PAGE = 50

/** Audit entries of a Cloud Provider, newest first. */
export function ProviderActivity({ id }: { id: string }) {
  const { entries, lines } = useAuditLines({ subject: id, limit: PAGE })
  const { activity } = words.cloudProviders
  return (
    <Section title={activity.title}>
      <Text size="sm" c="dimmed">
        {activity.sentence}
      </Text>
      <AuditState entries={entries} rows={3} />
      {lines?.length === 0 && <Text size="sm">{activity.none}</Text>}
      {lines && lines.length > 0 && <AuditList lines={lines} />}
      {entries.hasNextPage && (
        <Center>
          <OlderButton entries={entries} />
        </Center>
      )}
    </Section>
  )
}
