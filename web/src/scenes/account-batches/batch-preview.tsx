import { Alert, Anchor, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy, IconPlus, type Icon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { PostAccountBatchesData, PreviewedAccountBatch } from '../../api/client.ts'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { words } from '../../words/index.ts'

const text = words.accountBatches
type Previewed = PreviewedAccountBatch['rows'][number]
type NewRows = NonNullable<NonNullable<PostAccountBatchesData['body']>['rows']>

const SIGNS: Readonly<Record<Previewed['result'], { color: string; Sign: Icon }>> = {
  new: { color: 'teal', Sign: IconPlus },
  'already-connected': { color: 'gray', Sign: IconCheck },
  duplicate: { color: 'gray', Sign: IconCopy },
  invalid: { color: 'red', Sign: IconAlertTriangle },
}
const ORDER: readonly Previewed['result'][] = ['invalid', 'duplicate', 'already-connected', 'new']
const ROW_HEIGHT = 56

interface BatchPreviewProps {
  preview: PreviewedAccountBatch
  error: unknown
  isPending: boolean
  onStart: (rows: NewRows) => void
}

/** Result of the check, errors first, and the start. */
export function BatchPreview({ preview: { rows, faults }, error, isPending, onStart }: BatchPreviewProps) {
  const [leavesOut, setLeavesOut] = useState(false)
  const count = (result: Previewed['result']) => rows.filter((row) => row.result === result).length
  const [fresh, invalid] = [count('new'), count('invalid')]
  const counts = { fresh, invalid, known: count('already-connected'), duplicates: count('duplicate') }
  const ordered = ORDER.flatMap((result) => rows.filter((row) => row.result === result))
  return (
    <Section title={text.checked}>
      <Text role="status">{text.summary(counts)}</Text>
      {faults.map(({ field, expected, fix }) => (
        <Alert key={field} color="red">
          {text.expected(expected)} {fix}
        </Alert>
      ))}
      {fresh === 0 && <Text size="sm">{text.noneNew}</Text>}
      {error !== null && <ProblemNotice error={error} />}
      <Group>
        {invalid > 0 && fresh > 0 && (
          <Checkbox
            label={text.leaveOut(invalid)}
            checked={leavesOut}
            onChange={({ currentTarget }) => setLeavesOut(currentTarget.checked)}
          />
        )}
        <Button
          disabled={fresh === 0 || faults.length > 0 || (invalid > 0 && !leavesOut)}
          loading={isPending}
          onClick={() => onStart(rows.filter(({ result }) => result !== 'invalid').map(toNewRow))}
        >
          {text.start(fresh)}
        </Button>
      </Group>
      <LongList label={text.checked} items={ordered} keyOf={({ line }) => line} rowHeight={ROW_HEIGHT}>
        {(row) => <PreviewRow row={row} />}
      </LongList>
    </Section>
  )
}

function PreviewRow({ row }: { row: Previewed }) {
  const { line, address, name, result, faults, duplicateOf, emailAccountId } = row
  return (
    <Stack gap={2} py={6}>
      <Group gap="sm" wrap="wrap">
        <SignBadge {...SIGNS[result]}>{text.results[result]}</SignBadge>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {address === '' ? text.noAddress : address}
          {name !== address && ` · ${name}`}
        </Text>
        <Text size="xs" c="dimmed">
          {text.line(line)}
        </Text>
        {emailAccountId !== undefined && (
          <Anchor component={Link} to={`/email-accounts/${emailAccountId}`} size="sm">
            {text.openAccount}
          </Anchor>
        )}
      </Group>
      {duplicateOf !== undefined && <Text size="sm">{text.sameAs(duplicateOf)}</Text>}
      {faults.map(({ field, expected, fix }) => (
        <Text key={field} size="sm">
          <b>{field}</b>: {expected}. {fix}
        </Text>
      ))}
    </Stack>
  )
}

function toNewRow({ line, address, kind, name, key, contact, importDays }: Previewed): NewRows[number] {
  return {
    ...{ line, address, kind, name, contact },
    ...(key !== undefined && { key }),
    ...(importDays !== undefined && { importDays }),
  }
}
