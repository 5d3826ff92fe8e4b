import { Button } from '@mantine/core'
import { useState, type Ref } from 'react'
import { words } from '../../../words/index.ts'
import { recipientFault, type Obstacles } from './send-obstacles.ts'
import classes from './composer.module.css'
import { RecipientsField } from './recipients-field.tsx'
import type { ComposerContent } from './composer-content.ts'
import type { SuggestionSources } from './use-suggestions.ts'

interface RecipientsRowsProps {
  writing: ComposerContent
  onEdit: (change: Partial<ComposerContent>) => void
  obstacles: Obstacles
  participants: SuggestionSources['participants']
  toRef: Ref<HTMLInputElement>
}

/** To, plus Cc and Bcc when requested or not empty. */
export function RecipientsRows({ writing, onEdit, obstacles, participants, toRef }: RecipientsRowsProps) {
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
