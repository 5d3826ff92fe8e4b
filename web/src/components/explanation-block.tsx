import { Anchor, Code, Group, Stack, Text } from '@mantine/core'
import type { Explanation } from '../api/client.ts'
import { words } from '../words/index.ts'
import { CopyButton } from './copy-button.tsx'

interface ExplanationBlockProps {
  explanation: Explanation
  /** The responsible person is shown next to it. */
  isResponsibleShown?: boolean
}

/** Explains a code of Microsoft: cause, responsible person, place, and the command to copy, with the real names. */
export function ExplanationBlock({ explanation, isResponsibleShown = false }: ExplanationBlockProps) {
  const { cause, whoWords, where, commands, said, lookupUrl } = explanation
  const text = words.doctor.explanation
  return (
    <Stack gap={6}>
      <Text size="sm">{cause}</Text>
      {!isResponsibleShown && (
        <Text size="sm">
          <b>{text.who}:</b> {whoWords}
        </Text>
      )}
      <Text size="sm">
        <b>{text.where}:</b> {where}
      </Text>
      {commands.map((command) => (
        <Command key={command.shell} command={command} />
      ))}
      {said !== undefined && (
        <Text size="xs" c="dimmed">
          {text.said} {said}.{' '}
          {lookupUrl !== undefined && (
            <Anchor href={lookupUrl} target="_blank" rel="noreferrer" size="xs">
              {text.lookUp}
            </Anchor>
          )}
        </Text>
      )}
    </Stack>
  )
}

function Command({ command: { shell, text } }: { command: Explanation['commands'][number] }) {
  const name = words.doctor.explanation.shells[shell]
  return (
    <Stack gap={2}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {name}
        </Text>
        <CopyButton value={text} what={name} />
      </Group>
      <Code
        block
        tabIndex={0}
        role="region"
        aria-label={name}
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
      >
        {text}
      </Code>
    </Stack>
  )
}
