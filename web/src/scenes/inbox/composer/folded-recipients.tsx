import { UnstyledButton } from '@mantine/core'
import { words } from '../../../words/index.ts'
import { listName } from '../display-names.ts'
import type { ComposerContent } from './composer-content.ts'
import classes from './composer.module.css'
import { written } from './recipients.ts'

const MOST_NAMES = 3

type Recipients = Pick<ComposerContent, 'to' | 'cc' | 'bcc'>

/** All recipients in one line. Focus opens the fields. */
export function FoldedRecipients({ recipients, onOpen }: { recipients: Recipients; onOpen: () => void }) {
  const say = words.composer
  const text = foldedText(recipients)
  return (
    <div className={classes.row}>
      <span className={classes.label} aria-hidden>
        {say.to}
      </span>
      <UnstyledButton
        className={classes.folded}
        aria-label={say.changeRecipients(text)}
        title={everyone(recipients)
          .map(({ one, field }) => (field === 'to' ? '' : `${say[field]}: `) + written(one))
          .join('\n')}
        dir="auto"
        onFocus={onOpen}
        // Safari gives no focus to a clicked button.
        onClick={onOpen}
      >
        {text}
      </UnstyledButton>
    </div>
  )
}

/** Names, those of Cc and Bcc marked, such as *Kim, Ben, Cc Anna and 3 more*. */
export function foldedText(recipients: Recipients): string {
  const all = everyone(recipients)
  // One more name is as short as *and 1 more*.
  const shown = all.length <= MOST_NAMES + 1 ? all : all.slice(0, MOST_NAMES)
  const names = shown.map(({ one, field }) => {
    const name = listName(one)
    return field === 'to' ? name : `${words.composer[field]} ${name}`
  })
  return words.composer.recipients(names.join(', '), all.length - shown.length)
}

function everyone(recipients: Recipients) {
  return (['to', 'cc', 'bcc'] as const).flatMap((field) => recipients[field].map((one) => ({ field, one })))
}
