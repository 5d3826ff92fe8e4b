import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A list without rows: what would stand here, and what to do first. */
export function EmptyState({ title, sentence, children }: { title: string; sentence: string; children?: ReactNode }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="sm" ta="center">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed" maw={480}>
          {sentence}
        </Text>
        {children}
      </Stack>
    </Paper>
  )
}
