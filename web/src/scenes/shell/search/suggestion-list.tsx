import { Paper } from '@mantine/core'
import { words } from '../../../words/index.ts'
import classes from './search.module.css'
import { LIST_ID } from './list-id.ts'
import type { Suggestion } from './suggestions.ts'

interface SuggestionListProps {
  suggestions: readonly Suggestion[]
  active: number
  onChoose: (suggestion: Suggestion) => void
}

/** Below the search field, which keeps the focus. */
export function SuggestionList({ suggestions, active, onChoose }: SuggestionListProps) {
  return (
    <Paper shadow="md" withBorder className={classes.suggestions}>
      <ul id={LIST_ID} role="listbox" aria-label={words.search.suggestions}>
        {suggestions.map((each, n) => (
          <li
            key={each.text}
            id={`${LIST_ID}-${n}`}
            role="option"
            aria-selected={n === active}
            className={classes.suggestion}
            // Before the field loses the focus.
            onPointerDown={(event) => {
              event.preventDefault()
              onChoose(each)
            }}
          >
            <span className={classes.text}>{each.text}</span>
            <span className={classes.hint}>{each.hint}</span>
          </li>
        ))}
      </ul>
    </Paper>
  )
}
