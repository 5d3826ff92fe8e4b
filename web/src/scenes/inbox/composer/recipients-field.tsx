import { Pill, PillsInput } from '@mantine/core'
import { useRef, useState, type ClipboardEvent, type KeyboardEvent, type Ref } from 'react'
import type { Address } from '../../../api/client.ts'
import { useOptionList } from '../../../components/use-option-list.ts'
import { words } from '../../../words/index.ts'
import { OptionPopover } from '../option-popover.tsx'
import classes from './composer.module.css'
import { RecipientPill } from './recipient-pill.tsx'
import { addressFault, recipientsIn, withRecipients, written } from './recipients.ts'
import { useSuggestions, type SuggestionSources } from './use-suggestions.ts'

interface RecipientsFieldProps {
  label: string
  recipients: readonly Address[]
  onChange: (recipients: readonly Address[]) => void
  error: string | undefined
  suggestFrom: SuggestionSources
  ref?: Ref<HTMLInputElement>
}

/** Field for typed, pasted and suggested recipients. An invalid address stays, marked with the reason. */
export function RecipientsField({ label, recipients, onChange, error, suggestFrom, ref }: RecipientsFieldProps) {
  const [text, setText] = useState('')
  const [opened, setOpened] = useState(false)
  const around = useRef<HTMLDivElement>(null)
  const input = () => around.current?.querySelector('input')

  const take = (typed: string) => {
    const found = recipientsIn(typed)
    if (found.length > 0) onChange(withRecipients(recipients, found))
    setText('')
    setOpened(false)
  }
  const suggestions = useSuggestions(text, suggestFrom)
  const shown = opened ? suggestions : []
  // Enter and Tab take a whole address as it is typed.
  const isWhole = text.trim() !== '' && recipientsIn(text).every((each) => addressFault(each) === undefined)
  const choose = (index: number) => {
    onChange(withRecipients(recipients, shown.slice(index, index + 1)))
    setText('')
    setOpened(false)
  }
  const list = useOptionList(shown.length, choose, {
    // Without text no option is marked, so Tab and Enter choose none.
    ...{ start: isWhole || text.trim() === '' ? -1 : 0, tabChooses: true },
  })
  const { current, toFirst, fieldProps } = list
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
    toFirst()
    setOpened(typed.trim() !== '')
    const isEnded = /[,;]\s*$/.test(typed) && recipientsIn(typed).every((each) => addressFault(each) === undefined)
    if (isEnded) take(typed)
    else setText(typed)
  }
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text')
    const found = recipientsIn(text + pasted)
    if (found.length === 0 || !found.every(({ address }) => address.includes('@'))) return
    event.preventDefault()
    take(text + pasted)
  }
  /** Keys of the list of suggestions. @returns true if the key was one */
  const pressInList = (event: KeyboardEvent<HTMLInputElement>): boolean => {
    if (shown.length === 0) {
      if (event.key === 'ArrowDown') setOpened(true)
      return false
    }
    if (event.key === 'Escape') {
      // Esc would close the composer.
      event.preventDefault()
      setOpened(false)
    } else if (!event.ctrlKey && !event.metaKey && (event.key !== 'Enter' || current >= 0)) fieldProps.onKeyDown(event)
    return event.defaultPrevented
  }
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    // Enter ends the input of Japanese and Chinese names.
    if (event.nativeEvent.isComposing) return
    if (pressInList(event)) return
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
      <OptionPopover
        label={words.composer.suggestedRecipients}
        position="bottom-start"
        list={list}
        options={shown}
        keyOf={({ address }) => address}
        show={({ name, address }) => (
          <>
            {name !== '' && <bdi>{name}</bdi>}
            <bdi className={name === '' ? undefined : classes.address}>{address}</bdi>
          </>
        )}
        onChoose={choose}
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
            {...fieldProps}
            style={{ minWidth: '3rem' }}
            inputMode="email"
            spellCheck={false}
            value={text}
            onChange={({ currentTarget }) => type(currentTarget.value)}
            onClick={() => setOpened(true)}
            onPaste={paste}
            onKeyDown={press}
            onBlur={() => take(text)}
          />
        </Pill.Group>
      </OptionPopover>
    </PillsInput>
  )
}
