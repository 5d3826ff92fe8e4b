import { Pill, PillsInput } from '@mantine/core'
import { useRef, useState, type ClipboardEvent, type KeyboardEvent, type Ref } from 'react'
import type { Address } from '../../../api/client.ts'
import classes from './composer.module.css'
import { RecipientPill } from './recipient-pill.tsx'
import { addressFault, recipientsIn, withRecipients, written } from './recipients.ts'

interface RecipientsFieldProps {
  label: string
  recipients: readonly Address[]
  onChange: (recipients: readonly Address[]) => void
  error: string | undefined
  ref?: Ref<HTMLInputElement>
}

/** Field for typed and pasted recipients. An invalid address stays, marked with the reason. */
export function RecipientsField({ label, recipients, onChange, error, ref }: RecipientsFieldProps) {
  const [text, setText] = useState('')
  const around = useRef<HTMLDivElement>(null)
  const input = () => around.current?.querySelector('input')

  const take = (typed: string) => {
    const found = recipientsIn(typed)
    if (found.length > 0) onChange(withRecipients(recipients, found))
    setText('')
  }
  const remove = (gone: Address) => {
    onChange(recipients.filter((each) => each !== gone))
    input()?.focus()
  }
  const rewrite = (one: Address) => {
    const rest = recipients.filter((each) => each !== one)
    onChange(withRecipients(rest, recipientsIn(text)))
    setText(written(one))
    input()?.focus()
  }
  const step = (from: number, by: 1 | -1) => {
    const pills = around.current?.querySelectorAll<HTMLElement>('[data-recipient]')
    const next = pills?.[from + by]
    if (next) next.focus()
    else if (by > 0) input()?.focus()
  }
  const type = (typed: string) => {
    const isWhole = /[,;]\s*$/.test(typed) && recipientsIn(typed).every((each) => addressFault(each) === undefined)
    if (isWhole) take(typed)
    else setText(typed)
  }
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text')
    const found = recipientsIn(text + pasted)
    if (found.length === 0 || !found.every(({ address }) => address.includes('@'))) return
    event.preventDefault()
    take(text + pasted)
  }
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const isEnter = event.key === 'Enter' && text.trim() !== ''
    if (isEnter || event.key === 'Escape') take(text)
    // Ctrl+Enter sends and Esc closes: the composer handles both, and typed text is added first.
    if (isEnter && !event.ctrlKey && !event.metaKey) event.preventDefault()
    const atBeginning = event.currentTarget.selectionStart === 0 && event.currentTarget.selectionEnd === 0
    const last = recipients.at(-1)
    if (!atBeginning || !last) return
    if (event.key === 'Backspace' && text === '') {
      event.preventDefault()
      rewrite(last)
    }
    if (event.key === 'ArrowLeft') {
      event.preventDefault()
      step(recipients.length, -1)
    }
  }

  return (
    <PillsInput
      ref={around}
      label={label}
      error={error}
      classNames={{ root: classes.row }}
      errorProps={{ role: 'alert' }}
    >
      <Pill.Group>
        {recipients.map((recipient, at) => (
          <RecipientPill
            key={recipient.address}
            recipient={recipient}
            onChange={() => rewrite(recipient)}
            onRemove={() => remove(recipient)}
            onStep={(by) => step(at, by)}
          />
        ))}
        <PillsInput.Field
          ref={ref}
          style={{ minWidth: '3rem' }}
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget }) => type(currentTarget.value)}
          onPaste={paste}
          onKeyDown={press}
          onBlur={() => take(text)}
        />
      </Pill.Group>
    </PillsInput>
  )
}
