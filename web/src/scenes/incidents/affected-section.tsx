import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getEmailAccountsOptions, type Incident } from '../../api/client.ts'
import { LongList } from '../../components/long-list.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const ROW_HEIGHT = 48
const text = words.incidents.affected

/** Every mailbox that it stopped, those that still are first. */
export function AffectedSection({ incident: { affected, state } }: { incident: Incident }) {
  const { data } = useQuery(getEmailAccountsOptions())
  const known = new Set(data?.emailAccounts.map(({ id }) => id))
  const stopped = affected.filter(({ until }) => until === undefined).length
  const sorted = affected.toSorted((a, b) => Number(a.until !== undefined) - Number(b.until !== undefined))
  return (
    <Section title={text.title(affected.length)}>
      {affected.length === 0 && <Text size="sm">{text.none}</Text>}
      {affected.length > 1 && (
        <Text size="sm" role="status">
          {text.counts(stopped, affected.length - stopped)}
        </Text>
      )}
      {state === 'open' && affected.length > 0 && <Text size="sm">{text.nothingLost}</Text>}
      {affected.length > 0 && (
        <LongList label={text.list} items={sorted} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {({ id, name, address, since, until }) => (
            <Group justify="space-between" gap="xs">
              <div style={{ minWidth: 0 }}>
                {known.has(id) ? (
                  <Anchor component={Link} to={`/email-accounts/${id}/health`} size="sm">
                    {name}
                  </Anchor>
                ) : (
                  <Text size="sm">{name}</Text>
                )}
                <Text size="xs" c="dimmed">
                  {address}
                </Text>
              </div>
              <Text size="xs" c="dimmed">
                {until === undefined ? text.still : text.again} <Time at={until ?? since} />
              </Text>
            </Group>
          )}
        </LongList>
      )}
    </Section>
  )
}
