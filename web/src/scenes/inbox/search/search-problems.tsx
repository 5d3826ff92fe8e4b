import { List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { SearchProblem } from '../use-conversations.ts'
import { words } from '../../../words/index.ts'

/** Parts of the query that the search ignores, and how to correct them. */
export function SearchProblems({ problems }: { problems: readonly SearchProblem[] }) {
  if (problems.length === 0) return null
  return (
    <div role="alert">
      <List size="sm" spacing={4} icon={<IconAlertTriangle size={16} aria-hidden />} aria-label={words.search.problems}>
        {problems.map(({ term, title, fix }) => (
          <List.Item key={term + title}>
            <Text span size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {title}.
            </Text>{' '}
            {fix}
          </List.Item>
        ))}
      </List>
    </div>
  )
}
