import { Box, Center, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { usePageTitle } from '../../components/page-title.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import classes from './inbox.module.css'

interface ListFrameProps {
  title: string
  hint?: string
  query: { error: unknown; refetch: () => Promise<unknown> }
  /** Undefined until it is loaded. */
  count: number | undefined
  empty: { title: string; sentence: string }
  children: ReactNode
}

/** A list in place of the conversations: its title, and its loading, broken and empty states. */
export function ListFrame({ title, hint, query: { error, refetch }, count, empty, children }: ListFrameProps) {
  usePageTitle(title)
  return (
    // Focusable for the last row that is removed.
    <section className={classes.list} aria-label={title} tabIndex={-1} style={{ outline: 'none' }}>
      <Stack gap={2} p="sm" pb="xs">
        <Title order={1} size="h4">
          {title}
        </Title>
        {hint !== undefined && (
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        )}
      </Stack>
      <div className={classes.scroller}>
        {error != null && (
          <Box p="sm">
            <ProblemNotice error={error} onRetry={() => void refetch()} />
          </Box>
        )}
        {count === undefined && error == null && (
          <Box p="sm">
            <LoadingRows rows={3} />
          </Box>
        )}
        {count === 0 && (
          <Center p="sm">
            <EmptyState title={empty.title} sentence={empty.sentence} />
          </Center>
        )}
        {children}
      </div>
    </section>
  )
}
