import { Badge, type MantineColor } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { HTMLAttributes, ReactNode } from 'react'

interface SignBadgeProps extends Pick<HTMLAttributes<HTMLDivElement>, 'role' | 'title'> {
  color: MantineColor
  Sign: Icon
  children: ReactNode
}

/** A word with an icon: color alone is not accessible, and the color of a badge is too light for text. */
export function SignBadge({ color, Sign, children, ...others }: SignBadgeProps) {
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      radius="sm"
      leftSection={<Sign size={12} aria-hidden />}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      {...others}
    >
      {children}
    </Badge>
  )
}
