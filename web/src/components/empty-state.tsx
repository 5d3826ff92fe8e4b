import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** An empty list: its purpose, and the first step. */
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
