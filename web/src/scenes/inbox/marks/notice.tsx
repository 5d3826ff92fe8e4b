import { Alert, Stack, type MantineColor } from '@mantine/core'
import type { ReactNode } from 'react'

interface NoticeProps {
  title: string
  Sign: ReactNode
  color?: MantineColor
  children: ReactNode
}

/** A notice above the text of a message. */
export function Notice({ title, Sign, color = 'red', children }: NoticeProps) {
  return (
    <Alert
      color={color}
      variant="light"
      title={title}
      icon={Sign}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="xs">{children}</Stack>
    </Alert>
  )
}
