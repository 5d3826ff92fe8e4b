import { Button, CopyButton as MantineCopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { words } from '../words/index.ts'

/** Confirms the copy in words, for screen readers too. `what` names the value when there are several. */
export function CopyButton({ value, what }: { value: string; what?: string }) {
  return (
    <MantineCopyButton value={value} timeout={3000}>
      {({ copied, copy }) => (
        <Button
          onClick={copy}
          size="compact-sm"
          variant="default"
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          aria-label={what === undefined ? undefined : `${copied ? words.copied : words.copy}: ${what}`}
          aria-live="polite"
        >
          {copied ? words.copied : words.copy}
        </Button>
      )}
    </MantineCopyButton>
  )
}
