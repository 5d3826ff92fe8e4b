import { Button, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClockPause,
  IconInfoCircle,
  IconRefresh,
  type Icon,
} from '@tabler/icons-react'
import type { AccountHealth, EmailAccount } from '../../api/client.ts'
import { namedFix } from '../../components/named-fix.ts'
import { Section } from '../../components/section.tsx'
import { clockTime, exactTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { eventLines, type Line } from './event-lines.ts'

const SIGNS: Readonly<Record<Line['kind'], Icon>> = {
  state: IconInfoCircle,
  error: IconAlertTriangle,
  recovery: IconCircleCheck,
  gap: IconClockPause,
  refresh: IconRefresh,
}

/** The day as a table; the many similar refreshes are shown on request. */
export function EventsSection({ health, account }: { health: AccountHealth; account: EmailAccount }) {
  const { events } = words.health
  const [refreshesShown, { toggle }] = useDisclosure(false)
  const lines = eventLines(health)
  const shown = lines.filter(({ kind }) => refreshesShown || kind !== 'refresh')
  return (
    <Section
      title={events.title}
      actions={
        health.refreshes.length > 0 && (
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={refreshesShown}>
            {refreshesShown ? events.hideRefreshes : events.showRefreshes(health.refreshes.length)}
          </Button>
        )
      }
    >
      {shown.length === 0 ? (
        <Text size="sm">{events.nothing}</Text>
      ) : (
        <Table aria-label={events.list} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={90}>{events.time}</Table.Th>
              <Table.Th>{events.what}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((line) => (
              <HappenedRow key={`${line.kind} ${line.at} ${line.text}`} line={line} account={account} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {health.truncated && (
        <Text size="sm" role="note">
          {words.health.truncated}
        </Text>
      )}
    </Section>
  )
}

function HappenedRow({ line: { at, kind, text, reason, hint }, account }: { line: Line; account: EmailAccount }) {
  const Sign = SIGNS[kind]
  // Fixes for closed problems are not shown.
  const isOpen = reason !== undefined && account.reason?.code === reason.code
  const more = isOpen ? namedFix(reason.fix, account.address, undefined) : hint
  return (
    <Table.Tr>
      <Table.Td style={{ verticalAlign: 'top' }}>
        <time dateTime={at} title={exactTime(new Date(at))}>
          {clockTime(new Date(at))}
        </time>
      </Table.Td>
      <Table.Td>
        <Text size="sm">
          <Sign size={14} aria-hidden style={{ verticalAlign: '-2px', marginInlineEnd: 6 }} />
          {text}
        </Text>
        {more !== undefined && (
          <Text size="xs" c="dimmed">
            {more}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
