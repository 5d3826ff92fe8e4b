import { Button, Center, Container, Stack, Text, Title } from '@mantine/core'
import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import type { Person } from '../../api/client.ts'
import { isProblem } from '../../api/problem.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { homeOf } from './admin-pages.ts'

export function NotFound() {
  const { title, fix, home } = words.problems.notFound
  return (
    <Center component="main" h="100%" p="md">
      <Stack gap="sm" maw={480}>
        <Title order={1} size="h3">
          {title}
        </Title>
        <Text>{fix}</Text>
        <Button component={Link} to="/" w="fit-content" variant="default">
          {home}
        </Button>
      </Stack>
    </Center>
  )
}

/** Page at an address for other roles, for example from a colleague's link. */
export function ForOtherRole({ role }: { role: Exclude<Person['role'], 'admin'> }) {
  const { title, fix, home } = words.problems.otherRole
  const kind = role === 'auditor' ? role : 'others'
  return (
    <Center p="xl" style={{ flex: 1 }}>
      <Stack gap="sm" maw={480}>
        <Title order={1} size="h3">
          {title[kind]}
        </Title>
        <Text>{fix[role]}</Text>
        <Button component={Link} to={homeOf(role)} w="fit-content">
          {home[kind]}
        </Button>
      </Stack>
    </Center>
  )
}

/** A page that failed while rendering: a bug, unless a problem was thrown. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  const { title, fix } = words.problems.crashed
  const known = isProblem(error)
    ? error
    : {
        type: 'about:blank',
        title,
        status: 0,
        detail: error instanceof Error ? error.message : title,
        code: 'web.defect',
        remedy: 'bug',
        fix,
        traceId: '',
      }
  return (
    <Container component="main" p="xl">
      <ProblemNotice error={known} onRetry={reset} />
    </Container>
  )
}
