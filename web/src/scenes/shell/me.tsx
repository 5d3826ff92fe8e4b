import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconLogout } from '@tabler/icons-react'
import type { Person } from '../../api/client.ts'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { useSignOut } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { DENSITIES, useDensity } from '../inbox/density.ts'
import classes from './sidebar.module.css'

/** The signed-in person, with personal settings and *Sign out*. */
export function Me({ person, short }: { person: Person; short: boolean }) {
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { density, setDensity } = useDensity()
  const { me, appearance, lightOrDark } = words.shell
  return (
    <Menu position="top-start" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={classes.me} aria-label={me(person.name)}>
          <InitialsAvatar name={person.name} of={person.email} />
          {!short && (
            <span className={classes.label} dir="auto">
              {person.name}
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me(person.name)}
          <br />
          {person.email}
        </Menu.Label>
        <Menu.Label>{appearance}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Choice key={scheme} chosen={colorScheme === scheme} onChoose={() => setColorScheme(scheme)}>
            {lightOrDark[scheme]}
          </Choice>
        ))}
        <Menu.Label>{words.shell.density}</Menu.Label>
        {DENSITIES.map((each) => (
          <Choice key={each} chosen={density === each} onChoose={() => setDensity(each)}>
            {words.shell.densities[each]}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {words.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** One of several values, of which one is chosen. */
function Choice(props: { chosen: boolean; onChoose: () => void; children: string }) {
  const { chosen, onChoose, children } = props
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      leftSection={<IconCheck size={16} aria-hidden visibility={chosen ? undefined : 'hidden'} />}
      onClick={onChoose}
    >
      {children}
    </Menu.Item>
  )
}
