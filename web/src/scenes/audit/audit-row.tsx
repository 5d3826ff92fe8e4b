import { Button, Code, Collapse, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { AuditEntry } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

export function AuditRow({ entry, sentence }: { entry: AuditEntry; sentence: string }) {
  const [open, { toggle }] = useDisclosure(false)
  const { id, at, actor, action, subject, detail } = entry
  return (
    <Paper withBorder px="sm" py="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text size="sm">{sentence}</Text>
          <Text size="xs" c="dimmed">
            <Time at={at} />
          </Text>
        </div>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          c="dimmed"
          style={{ flex: 'none' }}
          onClick={toggle}
          aria-expanded={open}
          aria-label={`${words.audit.details}: ${sentence}`}
        >
          {words.audit.details}
        </Button>
      </Group>
      <Collapse expanded={open}>
        <Code block mt="xs" style={{ whiteSpace: 'pre-wrap' }}>
          {JSON.stringify({ id, at, actor, action, subject, detail }, undefined, 2)}
        </Code>
      </Collapse>
    </Paper>
  )
}
