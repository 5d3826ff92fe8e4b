import { CloseButton, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import type { Address } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import classes from './composer.module.css'
import { addressFault, written } from './recipients.ts'

interface RecipientPillProps {
  recipient: Address
  /** Moves it back to the field, to be edited. */
  onChange: () => void
  onRemove: () => void
  /** Moves to the next one with the arrow keys. */
  onStep: (step: 1 | -1) => void
}

/** One recipient. Arrow keys reach it from the field, so that Tab moves on to the next field. */
export function RecipientPill({ recipient, onChange, onRemove, onStep }: RecipientPillProps) {
  const { changeRecipient, removeRecipient, wrongAddress, addressFaults } = words.composer
  const fault = addressFault(recipient)
  const text = written(recipient)
  const reason = fault && wrongAddress(recipient.address, addressFaults[fault])
  const press = (event: KeyboardEvent) => {
    const act = {
      ArrowLeft: () => onStep(-1),
      ArrowRight: () => onStep(1),
      Backspace: onRemove,
      Delete: onRemove,
    }[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  return (
    <span
      className={classes.recipient}
      data-wrong={fault !== undefined || undefined}
      // Runs before the field around it takes the focus.
      onMouseDown={(event) => event.stopPropagation()}
      onClick={(event) => event.stopPropagation()}
    >
      <UnstyledButton
        className={classes.name}
        tabIndex={-1}
        data-recipient
        title={reason ?? text}
        aria-label={reason === undefined ? changeRecipient(text) : `${changeRecipient(text)}. ${reason}`}
        onClick={onChange}
        onKeyDown={press}
      >
        {fault && <IconAlertTriangle size={14} aria-hidden />}
        <span>{text}</span>
      </UnstyledButton>
      <CloseButton size={24} iconSize={12} tabIndex={-1} aria-label={removeRecipient(text)} onClick={onRemove} />
    </span>
  )
}
