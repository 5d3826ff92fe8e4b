import { Button } from '@mantine/core'
import { useEffect, useRef, useState, type Ref } from 'react'
import { flushSync } from 'react-dom'
import { words } from '../../../words/index.ts'
import { recipientFault, type Obstacles } from './send-obstacles.ts'
import classes from './composer.module.css'
import { FoldedRecipients } from './folded-recipients.tsx'
import { RecipientsField } from './recipients-field.tsx'
import type { ComposerContent } from './composer-content.ts'
import type { SuggestionSources } from './use-suggestions.ts'

const FIELDS = ['to', 'cc', 'bcc'] as const

interface RecipientsRowsProps {
  writing: ComposerContent
  onEdit: (change: Partial<ComposerContent>) => void
  obstacles: Obstacles
  participants: SuggestionSources['participants']
  toRef: Ref<HTMLInputElement>
}

/** Recipients in one line, and as fields while they are edited: To, plus Cc and Bcc when requested or not empty. */
export function RecipientsRows(props: RecipientsRowsProps) {
  const { writing, obstacles } = props
  const block = useRef<HTMLDivElement>(null)
  const [isOpen, setIsOpen] = useState(writing.to.length === 0)
  const hasFault = FIELDS.some((name) => recipientFault(writing[name]) ?? obstacles[name])
  const isFolded = !isOpen && !hasFault && FIELDS.some((name) => writing[name].length > 0)
  useEffect(() => {
    const composer = block.current?.closest('section')
    const onFocus = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement)) return
      // Fields that are open because of a fault stay while it is corrected.
      if (block.current?.contains(target)) setIsOpen(true)
      else if (isTextField(target)) setIsOpen(false)
    }
    composer?.addEventListener('focusin', onFocus)
    return () => composer?.removeEventListener('focusin', onFocus)
  }, [])
  const open = () => {
    flushSync(() => setIsOpen(true))
    block.current?.querySelector('input')?.focus()
  }
  return (
    <div ref={block} className={classes.recipients}>
      {isFolded ? <FoldedRecipients recipients={writing} onOpen={open} /> : <Fields {...props} />}
    </div>
  )
}

/** Folding moves what is below: a button would move away from the pointer that presses it. */
function isTextField(element: HTMLElement): boolean {
  return element.isContentEditable || element.matches('input:not([type=checkbox], [type=file]), textarea')
}

function Fields({ writing, onEdit, obstacles, participants, toRef }: RecipientsRowsProps) {
  const [asked, setAsked] = useState<readonly ('cc' | 'bcc')[]>([])
  const folded = (['cc', 'bcc'] as const).filter((name) => writing[name].length === 0 && !asked.includes(name))
  const suggestFrom = { participants, present: [...writing.to, ...writing.cc, ...writing.bcc] }
  const row = (name: 'to' | 'cc' | 'bcc', ref?: Ref<HTMLInputElement>) => (
    <RecipientsField
      label={words.composer[name]}
      recipients={writing[name]}
      onChange={(recipients) => onEdit({ [name]: recipients })}
      error={recipientFault(writing[name]) ?? obstacles[name]}
      suggestFrom={suggestFrom}
      {...(ref !== undefined && { ref })}
    />
  )
  // Focus the requested field.
  const focusWhenAsked = (name: 'cc' | 'bcc') => (field: HTMLInputElement | null) => {
    if (field && asked.at(-1) === name && writing[name].length === 0 && field.dataset['met'] === undefined) {
      field.dataset['met'] = ''
      field.focus()
    }
  }
  return (
    <>
      <div className={classes.withFolded}>
        {row('to', toRef)}
        {folded.map((name) => (
          <Button
            key={name}
            size="compact-sm"
            variant="default"
            mt={5}
            aria-label={name === 'cc' ? words.composer.addCc : words.composer.addBcc}
            onClick={() => setAsked([...asked, name])}
          >
            {words.composer[name]}
          </Button>
        ))}
      </div>
      {!folded.includes('cc') && row('cc', focusWhenAsked('cc'))}
      {!folded.includes('bcc') && row('bcc', focusWhenAsked('bcc'))}
    </>
  )
}
