import { ActionIcon, Tooltip, type ActionIconProps } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'

interface IconButtonProps extends Pick<ActionIconProps, 'loading' | 'hiddenFrom' | 'visibleFrom'> {
  /** Name for screen readers, and the tooltip. */
  label: string
  Sign: Icon
  /** Key that does the same, shown in the tooltip. */
  shortcut?: string
  /** Set for a button that stays on. */
  pressed?: boolean
  onClick: () => void
}

/** A button with an icon only, named by its tooltip. */
export function IconButton({ label, Sign, shortcut, pressed, onClick, ...more }: IconButtonProps) {
  return (
    <Tooltip label={shortcut === undefined ? label : `${label} (${shortcut})`}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? undefined : 'gray'}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onClick}
        {...more}
      >
        <Sign size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
