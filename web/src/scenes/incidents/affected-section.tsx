import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getEmailAccountsOptions, type IncidentWithTimeline } from '../../api/client.ts'
import { LongList } from '../../components/long-list.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const ROW_HEIGHT = 48
const text = words.incidents.affected

/** Affected mailboxes, those still affected first; and those at risk. */
export function AffectedSection({ incident }: { incident: IncidentWithTimeline }) {
  const { affected, dependent, state } = incident
  const stopped = affected.filter(({ until }) => until === undefined).length
  const sorted = affected.toSorted((a, b) => Number(a.until !== undefined) - Number(b.until !== undefined))
  return (
    <Stack gap="md">
      <Section title={text.title(affected.length)}>
        {affected.length === 0 && <Text size="sm">{text.none}</Text>}
        {affected.length > 1 && (
          <Text size="sm" role="status">
            {text.counts(stopped, affected.length - stopped)}
          </Text>
        )}
        {state === 'open' && affected.length > 0 && (
          <Text size="sm">{stopsActionsOnly(affected) ? text.nothingLostOfActions : text.nothingLost}</Text>
        )}
        {affected.length > 0 && (
          <LongList label={text.list} items={sorted} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
            {({ id, name, address, since, until, affects }) => (
              <Group justify="space-between" gap="xs">
                <AccountName id={id} name={name} address={address} />
                <Text size="xs" c="dimmed">
                  {until === undefined ? text.still[affects] : text.again} <Time at={until ?? since} />
                </Text>
              </Group>
            )}
          </LongList>
        )}
      </Section>
      {dependent.length > 0 && (
        <Section title={text.dependent(dependent.length)}>
          <Text size="sm">{text.dependentSentence}</Text>
          <LongList label={text.dependentList} items={dependent} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
            {(account) => <AccountName {...account} />}
          </LongList>
        </Section>
      )}
    </Stack>
  )
}

function stopsActionsOnly(affected: IncidentWithTimeline['affected']): boolean {
  const stopped = affected.filter(({ until }) => until === undefined)
  return stopped.length > 0 && stopped.every(({ affects }) => affects === 'actions')
}

/** Link to its health on that day, while the mailbox exists. */
function AccountName({ id, name, address }: { id: string; name: string; address: string }) {
  const { data } = useQuery(getEmailAccountsOptions())
  const isKnown = data?.emailAccounts.some((account) => account.id === id) ?? false
  return (
    <div style={{ minWidth: 0 }}>
      {isKnown ? (
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
  )
}
