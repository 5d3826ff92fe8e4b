import { Text, VisuallyHidden } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconHourglass, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { words } from '../../words/index.ts'
import classes from './setup.module.css'

type Outcome = keyof typeof words.setup.check.outcomes

const SIGNS: Readonly<Record<Outcome, { Sign: Icon; color: string }>> = {
  ok: { Sign: IconCircleCheck, color: 'light-dark(var(--mantine-color-teal-9), var(--mantine-color-teal-3))' },
  wrong: { Sign: IconCircleX, color: 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))' },
  waiting: { Sign: IconHourglass, color: 'light-dark(var(--mantine-color-blue-9), var(--mantine-color-blue-3))' },
  'not-tried': { Sign: IconCircleDashed, color: 'var(--mantine-color-dimmed)' },
}

export interface Checked {
  key: string
  outcome: Outcome
  title: string
  /** Explanation: the reason and the fix. */
  sentences: readonly (string | undefined)[]
  action?: ReactNode
}

/** Check results, each with an icon, a word, and a fix. */
export function CheckLines({ label, lines }: { label: string; lines: readonly Checked[] }) {
  return (
    <ul className={classes.lines} aria-label={label}>
      {lines.map(({ key, outcome, title, sentences, action }) => {
        const { Sign, color } = SIGNS[outcome]
        return (
          <li key={key} className={classes.line}>
            <Sign size={20} color={color} aria-hidden className={classes.sign} />
            <div>
              <Text size="sm" fw={outcome === 'wrong' ? 600 : undefined}>
                <VisuallyHidden>{words.setup.check.outcomes[outcome]}: </VisuallyHidden>
                {title}
                {outcome === 'not-tried' && (
                  <Text span c="dimmed" size="sm" aria-hidden>
                    {' '}
                    ({words.setup.check.outcomes[outcome]})
                  </Text>
                )}
              </Text>
              {sentences
                .filter((sentence) => sentence !== undefined)
                .map((sentence) => (
                  <Text key={sentence} size="sm" c="dimmed">
                    {sentence}
                  </Text>
                ))}
              {action}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
