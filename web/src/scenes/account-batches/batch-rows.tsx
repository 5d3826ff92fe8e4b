import { Anchor, Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCheck, IconClock, IconCopy, IconLoader, type Icon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { AccountBatchRow } from '../../api/client.ts'
import { LongList } from '../../components/long-list.tsx'
import { Section } from '../../components/section.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const text = words.accountBatches
type RowState = AccountBatchRow['state']

const SIGNS: Readonly<Record<RowState, { color: string; Sign: Icon }>> = {
  failed: { color: 'red', Sign: IconAlertTriangle },
  checking: { color: 'blue', Sign: IconLoader },
  waiting: { color: 'gray', Sign: IconClock },
  connected: { color: 'teal', Sign: IconCheck },
  'already-connected': { color: 'gray', Sign: IconCheck },
  duplicate: { color: 'gray', Sign: IconCopy },
  canceled: { color: 'gray', Sign: IconBan },
}
const STATES = Object.keys(SIGNS) as RowState[]
const ROW_HEIGHT = 44

interface BatchRowsProps {
  rows: readonly AccountBatchRow[]
  isRetrying: boolean
  onRetry: (line: number) => void
}

/** Rows of a batch, failed ones first. */
export function BatchRows({ rows, isRetrying, onRetry }: BatchRowsProps) {
  const [shown, setShown] = useState<RowState | 'all'>('all')
  const ordered = STATES.flatMap((state) => rows.filter((row) => row.state === state && [state, 'all'].includes(shown)))
  return (
    <Section
      title={text.rows}
      actions={
        <NativeSelect
          aria-label={text.show}
          size="xs"
          value={shown}
          data={[{ value: 'all', label: text.all }, ...STATES.map((value) => ({ value, label: text.states[value] }))]}
          onChange={({ currentTarget }) => setShown(STATES.find((state) => state === currentTarget.value) ?? 'all')}
        />
      }
    >
      {ordered.length === 0 && <Text size="sm">{text.noRows}</Text>}
      <LongList label={text.rows} items={ordered} keyOf={({ line }) => line} rowHeight={ROW_HEIGHT}>
        {(row) => <BatchRow row={row} isRetrying={isRetrying} onRetry={onRetry} />}
      </LongList>
    </Section>
  )
}

function BatchRow({ row, isRetrying, onRetry }: { row: AccountBatchRow } & Omit<BatchRowsProps, 'rows'>) {
  const { line, address, state, reason, detail, nextTryAt, duplicateOf, emailAccountId } = row
  return (
    <Stack gap={2} py={6}>
      <Group gap="sm">
        <SignBadge {...SIGNS[state]}>{text.states[state]}</SignBadge>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {address}
        </Text>
        <Text size="xs" c="dimmed">
          {text.line(line)}
        </Text>
        {emailAccountId !== undefined && (
          <Anchor component={Link} to={`/email-accounts/${emailAccountId}`} size="sm">
            {text.openAccount}
          </Anchor>
        )}
        {state === 'failed' && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={isRetrying}
            aria-label={`${text.retry}: ${address}`}
            onClick={() => onRetry(line)}
          >
            {text.retry}
          </Button>
        )}
      </Group>
      {duplicateOf !== undefined && <Text size="sm">{text.sameAs(duplicateOf)}</Text>}
      {reason && (
        <Text size="sm">
          <b>{reason.title}.</b> {reason.fix} {detail}
        </Text>
      )}
      {nextTryAt !== undefined && (
        <Text size="sm" c="dimmed">
          {text.nextTry} <Time at={nextTryAt} />
        </Text>
      )}
    </Stack>
  )
}
