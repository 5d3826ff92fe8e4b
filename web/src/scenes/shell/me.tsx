import { Avatar, Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { IconLogout, IconUser } from '@tabler/icons-react'
import type { Person } from '../../api/client.ts'
import { useSignOut } from '../../session/session.ts'
import { words } from '../../words/index.ts'

export function Me({ person }: { person: Person }) {
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { me, appearance, lightOrDark } = words.shell
  return (
    <Menu position="bottom-end" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton aria-label={me(person.name)}>
          <Avatar size={32} aria-hidden>
            <IconUser size={18} />
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me(person.name)}
          <br />
          {person.email}
        </Menu.Label>
        <Menu.Label id="appearance">{appearance}</Menu.Label>
        <SegmentedControl
          aria-labelledby="appearance"
          fullWidth
          size="xs"
          value={colorScheme}
          onChange={(value) => setColorScheme(value)}
          data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: lightOrDark[value] }))}
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {words.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
