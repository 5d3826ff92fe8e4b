import { Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconHourglass, type Icon } from '@tabler/icons-react'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes } from 'react'
import { words } from '../../words/index.ts'
import type { PathStep, StepState } from './path-state.ts'
import type { SetupSearch, StepLetter } from './setup-search.ts'
import classes from './setup.module.css'

const SIGNS: Readonly<Record<StepState, { Sign: Icon; color: string }>> = {
  'not-begun': { Sign: IconCircleDashed, color: 'var(--mantine-color-dimmed)' },
  waiting: { Sign: IconHourglass, color: 'light-dark(var(--mantine-color-blue-9), var(--mantine-color-blue-3))' },
  done: { Sign: IconCircleCheck, color: 'light-dark(var(--mantine-color-teal-9), var(--mantine-color-teal-3))' },
  attention: {
    Sign: IconAlertTriangle,
    color: 'light-dark(var(--mantine-color-orange-9), var(--mantine-color-orange-3))',
  },
}

/** The router would mark every link to the open address as the current page; only the open step is current. */
const StepLink = createLink(function StepAnchor({
  isCurrent,
  ...props
}: AnchorHTMLAttributes<HTMLAnchorElement> & { isCurrent: boolean }) {
  return <a {...props} aria-current={isCurrent ? 'step' : undefined} />
})

/** The four steps as one path: the current one, finished ones, and the awaited person. */
export function Path({ path, current, search }: { path: PathStep[]; current: StepLetter; search: SetupSearch }) {
  return (
    <nav aria-label={words.setup.path} className={classes.path}>
      <ol className={classes.steps}>
        {path.map((step) => (
          <li key={step.letter}>
            <StepLink
              to="/set-up"
              search={{ ...search, step: step.letter }}
              className={classes.step}
              isCurrent={step.letter === current}
            >
              <PathEntry step={step} />
            </StepLink>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function PathEntry({ step: { letter, state, sentence } }: { step: PathStep }) {
  const { Sign, color } = SIGNS[state]
  return (
    <>
      <span className={classes.letter}>{letter.toUpperCase()}</span>
      <span>
        <Text component="span" display="block" fw={500} size="sm">
          {words.setup.letters[letter]}
        </Text>
        <span className={classes.state}>
          <Sign size={14} color={color} aria-hidden />
          {words.setup.states[state]}
        </span>
        {sentence !== undefined && (
          <Text component="span" display="block" size="xs" c="dimmed">
            {sentence}
          </Text>
        )}
      </span>
    </>
  )
}
