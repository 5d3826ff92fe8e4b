import { Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { usePageTitle } from './page-title.ts'

/** A page of the administration: title, actions and content. */
export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  usePageTitle(title)
  return (
    <Stack gap="lg" p={{ base: 'md', sm: 'xl' }} w="100%" maw={1100} mx="auto">
      <Group justify="space-between" align="center">
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}
