import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useRef, type ReactNode } from 'react'
import { words } from '../words/index.ts'
import { useFocusAfterRemoval } from './focus-return.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { TitledLines } from './titled-lines.tsx'

export interface ConfirmDialogProps {
  opened: boolean
  onClose: () => void
  title: string
  sentence?: string
  /** Items that are removed, one line each. */
  removes?: readonly string[]
  /** Items that are kept. */
  keeps?: readonly string[]
  /** Additional content, such as a choice. */
  children?: ReactNode
  /** Label of the button. */
  confirm: string
  onConfirm: () => void
  busy?: boolean
  /** `true` while there is nothing to confirm yet. */
  waiting?: boolean
  error?: unknown
  /** Repeats what failed with `error`, when that was not the action itself. */
  onRetry?: () => void
  destructive?: boolean
}

/** Confirms an action and lists what is removed and kept. A refusal is shown in the dialog, which stays open. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, sentence, removes = [], keeps = [], children, confirm, onConfirm } = props
  const { busy = false, waiting = false, error, onRetry, destructive = false } = props
  const isRefused = error != null
  const cancelButton = useRef<HTMLButtonElement>(null)
  const confirmButton = useRef<HTMLButtonElement>(null)
  // A button that shows progress is disabled and loses the focus, as does the retry button when its notice goes.
  useFocusAfterRemoval(busy && opened, confirmButton)
  useFocusAfterRemoval(isRefused && opened, cancelButton)
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={isRefused && children ? 'lg' : 'md'} centered>
      <Stack>
        {/* Shown first, because the content below may be longer than the screen. */}
        {isRefused && <ProblemNotice error={error} {...(onRetry && { onRetry })} />}
        {sentence !== undefined && <Text size="sm">{sentence}</Text>}
        <TitledLines title={words.removes} lines={removes} />
        <TitledLines title={words.keeps} lines={keeps} />
        {children}
        <Group justify="flex-end">
          <Button ref={cancelButton} variant="default" onClick={onClose} data-autofocus={destructive || undefined}>
            {words.cancel}
          </Button>
          <Button
            ref={confirmButton}
            color={destructive ? 'red.9' : undefined}
            onClick={onConfirm}
            loading={busy}
            disabled={waiting}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
