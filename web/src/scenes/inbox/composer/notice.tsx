import { Alert, type MantineColor } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

const READABLE = { title: { color: 'var(--mantine-color-text)' } }

/** An important notice about the draft. */
export function Notice({ title, color, children }: { title?: string; color: MantineColor; children: ReactNode }) {
  return (
    <Alert role="alert" color={color} title={title} p="xs" icon={<IconAlertTriangle aria-hidden />} styles={READABLE}>
      {children}
    </Alert>
  )
}
