import { Container, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { words } from '../../words/index.ts'

/** A page for whoever is not inside: one question, in the middle. */
export function EntryPage({ title, sentence, children }: { title: string; sentence?: string; children?: ReactNode }) {
  useDocumentTitle(`${title} · ${words.productName}`)
  return (
    <Container component="main" size={440} py="10vh">
      <Text fw={600} mb="sm">
        {words.productName}
      </Text>
      <Paper withBorder p="xl">
        <Stack>
          <Title order={1} size="h3">
            {title}
          </Title>
          {sentence !== undefined && <Text c="dimmed">{sentence}</Text>}
          {children}
        </Stack>
      </Paper>
    </Container>
  )
}
