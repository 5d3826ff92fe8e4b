import { Popover } from '@mantine/core'
import type { ReactNode } from 'react'
import type { useOptionList } from '../../components/use-option-list.ts'
import classes from './option-popover.module.css'

interface OptionPopoverProps<T> {
  /** The field, with the keys of `list`. It keeps the focus. */
  children: ReactNode
  label: string
  position: 'top-start' | 'bottom-start'
  list: Pick<ReturnType<typeof useOptionList>, 'current' | 'optionId' | 'listProps'>
  options: readonly T[]
  keyOf: (option: T) => string
  show: (option: T) => ReactNode
  onChoose: (index: number) => void
}

/** Options beside a field of text, while there are any. */
export function OptionPopover<T>(props: OptionPopoverProps<T>) {
  const { children, label, position, list, options, keyOf, show, onChoose } = props
  return (
    <Popover
      opened={options.length > 0}
      position={position}
      offset={4}
      withRoles={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown p={4} onMouseDown={(event) => event.preventDefault()}>
        <ul {...list.listProps} aria-label={label} className={classes.options}>
          {options.map((option, index) => (
            <li
              key={keyOf(option)}
              id={list.optionId(index)}
              role="option"
              aria-selected={index === list.current}
              className={classes.option}
              onClick={() => onChoose(index)}
            >
              {show(option)}
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}
