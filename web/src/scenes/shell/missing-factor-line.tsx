import { Alert, Anchor, Group, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { ExactDay } from '../../components/exact-day.tsx'
import { words } from '../../words/index.ts'

/** Announces the date from which the account needs a second factor. Hidden where it can be added. */
export function MissingFactorLine({ requiredFrom }: { requiredFrom: string }) {
  const { pathname } = useLocation()
  if (['/account', '/sign-in-factors'].includes(pathname)) return null
  return (
    <Alert color="yellow" radius={0} py="xs" icon={<IconClock aria-hidden />} role="status">
      <Group gap="xs">
        <Text size="sm">
          {words.factorFirst.banner} <ExactDay at={requiredFrom} />.
        </Text>
        <Anchor component={Link} to="/account" size="sm">
          {words.factorFirst.add}
        </Anchor>
      </Group>
    </Alert>
  )
}
