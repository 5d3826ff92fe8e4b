import { Container, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Wordmark } from '../../components/wordmark.tsx'
import { words } from '../../words/index.ts'

interface EntryPageProps {
  title: string
  sentence?: string
  /** Width in pixels; more than one question needs more. */
  size?: number
  /** Instead of the wordmark. */
  brand?: ReactNode
  children?: ReactNode
}

/** A page outside the app shell: one question, centered. */
export function EntryPage({ title, sentence, size = 440, brand, children }: EntryPageProps) {
  useDocumentTitle(`${title} · ${words.productName}`)
  return (
    <Container component="main" size={size} py="10vh">
      {brand ?? <Wordmark />}
      <Paper withBorder p="xl" mt="md">
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
