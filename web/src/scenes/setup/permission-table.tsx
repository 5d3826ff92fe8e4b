import { Code, Group, Stack, Text, Title } from '@mantine/core'
import type { WorkOrder } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { words } from '../../words/index.ts'
import classes from './setup.module.css'

/** Permissions of the application, each with its id and purpose. */
export function PermissionTable({ permissions }: Pick<WorkOrder, 'permissions'>) {
  const text = words.setup.order
  const groups = Map.groupBy(permissions, ({ resourceName, type }) => text.resource(resourceName, type))
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {text.permissions}
      </Title>
      {[...groups].map(([name, group]) => (
        <Stack key={name} gap="xs">
          <Text size="sm" fw={500}>
            {name}
          </Text>
          {group.every(({ allowedIn }) => allowedIn === 'exchange') && <Text size="sm">{text.inExchange}</Text>}
          <ul className={classes.lines}>
            {group.map(({ id, value, purpose }) => (
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
