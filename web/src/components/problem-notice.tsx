import { Alert, Button, Code, Collapse, Group, List, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useRef, type ReactNode } from 'react'
import { needsConfirmation } from '../api/confirmation.ts'
import { toProblem } from '../api/problem.ts'
import { words } from '../words/index.ts'
import { CopyButton } from './copy-button.tsx'
import { failureDetail } from './failure-detail.ts'
import { useFocusInSection } from './focus-return.ts'
import { isTypingError } from './typing-errors.ts'

interface ProblemNoticeProps {
  /** Any thrown value. */
  error: unknown
  /** Retry button, when a retry makes sense. */
  onRetry?: () => void
  /** Buttons of its remedy. */
  children?: ReactNode
}

/** A failure in readable form: title, cause, responsible person, fix, and details for support, collapsed. */
export function ProblemNotice({ error, onRetry, children }: ProblemNoticeProps) {
  const problem = toProblem(error)
  const { title, fix, remedy } = problem
  const { detail, faults } = failureDetail(problem)
  const notice = useRef<HTMLDivElement>(null)
  useFocusInSection(notice)
  return (
    <Alert ref={notice} role="alert" color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />}>
      <Stack gap="xs">
        {detail !== undefined && <Text size="sm">{detail}</Text>}
        {faults.length > 0 && (
          <List size="sm">
            {faults.map(({ field, expected, fix: fieldFix }) => (
              <List.Item key={field}>
                <b>{field}</b>: {expected}. {fieldFix}
              </List.Item>
            ))}
          </List>
        )}
        <Text size="sm">{fix}</Text>
        {!needsConfirmation(problem) && (
          <Text size="sm" c="dimmed">
            {isTypingError(problem) ? words.typingError : words.remedies[remedy]}
          </Text>
        )}
        {(onRetry !== undefined || children !== undefined) && (
          <Group gap="xs">
            {onRetry && (
              <Button size="xs" variant="default" onClick={onRetry}>
                {words.tryAgain}
              </Button>
            )}
            {children}
          </Group>
        )}
        <SupportDetails problem={problem} />
      </Stack>
    </Alert>
  )
}

function SupportDetails({ problem }: { problem: ReturnType<typeof toProblem> }) {
  const [open, { toggle }] = useDisclosure(false)
  const { code, traceId, status, upstream } = problem
  const text = JSON.stringify({ code, status, traceId: traceId || undefined, upstream }, undefined, 2)
  return (
    <div>
      <Button size="compact-xs" variant="subtle" color="gray" onClick={toggle} aria-expanded={open}>
        {words.detailsForSupport}
      </Button>
      <Collapse expanded={open}>
        <Group align="flex-start" gap="xs" mt={4}>
          <Code block>{text}</Code>
          <CopyButton value={text} what={words.detailsForSupport} />
        </Group>
      </Collapse>
    </div>
  )
}
