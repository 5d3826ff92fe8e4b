import { Textarea } from '@mantine/core'
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useOptionList } from '../../components/use-option-list.ts'
import { words } from '../../words/index.ts'
import { findPeople, typedMention, type Mentionable } from './mentions.ts'
import { OptionPopover } from './option-popover.tsx'

const MOST_SHOWN = 8
const LONGEST_NOTE = 20_000

interface MentionFieldProps {
  text: string
  /** People who can be mentioned. */
  people: readonly Mentionable[]
  onChange: (text: string) => void
  onChoose: (personId: string) => void
  onSave: () => void
}

/** Text of a note. After `@`, it suggests people. */
export function MentionField({ text, people, onChange, onChoose, onSave }: MentionFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  // Undefined while no list is wanted: after Esc, and without the focus.
  const [cursor, setCursor] = useState<number>()
  const [moveTo, setMoveTo] = useState<number>()
  const typed = cursor === undefined ? undefined : typedMention(text, cursor)
  const shown = typed ? findPeople(people, typed.searched).slice(0, MOST_SHOWN) : []
  const choose = (index: number) => {
    const person = shown[index]
    if (!typed || !person) return
    const before = `${text.slice(0, typed.start)}@${person.name} `
    onChange((before + text.slice(cursor).replace(/^ /, '')).slice(0, LONGEST_NOTE))
    onChoose(person.id)
    setMoveTo(before.length)
    setCursor(undefined)
  }
  const options = useOptionList(shown.length, choose, { tabChooses: true })
  const { toFirst, fieldProps } = options
  useLayoutEffect(() => {
    if (moveTo === undefined) return
    field.current?.focus()
    field.current?.setSelectionRange(moveTo, moveTo)
    setMoveTo(undefined)
  }, [moveTo])

  const press = (event: KeyboardEvent) => {
    const wantsSave = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    if (wantsSave) onSave()
    else if (shown.length === 0) return
    else if (event.key === 'Escape') {
      event.preventDefault()
      setCursor(undefined)
    } else fieldProps.onKeyDown(event)
  }
  return (
    <OptionPopover
      label={words.inbox.mentionable}
      position="top-start"
      list={options}
      options={shown}
      keyOf={({ id }) => id}
      show={({ name }) => <bdi>{name}</bdi>}
      onChoose={choose}
    >
      <div>
        <Textarea
          ref={field}
          label={words.inbox.note}
          description={words.inbox.noteHint}
          autosize
          minRows={3}
          maxRows={14}
          maxLength={LONGEST_NOTE}
          autoFocus
          dir="auto"
          // A field of several lines is no combobox: it names its list and the marked option only.
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={fieldProps['aria-controls']}
          aria-activedescendant={fieldProps['aria-activedescendant']}
          value={text}
          onChange={({ currentTarget }) => {
            toFirst()
            onChange(currentTarget.value)
            setCursor(currentTarget.selectionStart)
          }}
          // The list belongs to the word at the cursor, wherever keys have moved it.
          onSelect={({ currentTarget }) => cursor !== undefined && setCursor(currentTarget.selectionStart)}
          onKeyDown={press}
          onClick={() => setCursor(undefined)}
          onBlur={() => setCursor(undefined)}
        />
      </div>
    </OptionPopover>
  )
}
