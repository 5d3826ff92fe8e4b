import { Code, Group, Stack, Text, Title } from '@mantine/core'
import type { WorkOrder } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { words } from '../../words/index.ts'
import classes from './set-up.module.css'

/** What the application may do, each with the id by which it is registered and what it is for. */
export function PermissionTable({ permissions }: Pick<WorkOrder, 'permissions'>) {
  const text = words.setUp.order
  const resources = [...new Set(permissions.map(({ resourceName }) => resourceName))]
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {text.permissions}
      </Title>
      {resources.map((resource) => (
        <Stack key={resource} gap="xs">
          <Text size="sm" fw={500}>
            {text.resource(resource)}
          </Text>
          <ul className={classes.lines}>
            {permissions
              .filter(({ resourceName }) => resourceName === resource)
              .map(({ id, value, purpose }) => (
                <li key={id}>
                  <Text size="sm">
                    <b>{value}</b> – {purpose}
                  </Text>
                  <Group gap="xs">
                    <Code>{id}</Code>
                    <CopyButton value={id} what={`${text.id}, ${value}`} />
                  </Group>
                </li>
              ))}
          </ul>
        </Stack>
      ))}
    </Stack>
  )
}
