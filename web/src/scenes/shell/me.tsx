import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconLogout, IconSignature, IconUserCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Person } from '../../api/client.ts'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { useSignOut } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { AFTER_ACTION, useAfterAction, type AfterAction } from '../inbox/after-action.ts'
import { DENSITIES, useDensity, type Density } from '../inbox/density.ts'
import classes from './sidebar.module.css'

/** The signed-in person, with personal settings and *Sign out*. */
export function Me({ person, short }: { person: Person; short: boolean }) {
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { density, setDensity } = useDensity()
  const { afterAction, setAfterAction } = useAfterAction()
  const { me, appearance, lightOrDark } = words.shell
  const worksWithMail = person.role !== 'auditor'
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
        <Menu.Item
          component={Link}
          to="/account"
          leftSection={<IconUserCircle size={16} aria-hidden />}
          closeMenuOnClick
        >
          {words.shell.account}
        </Menu.Item>
        {worksWithMail && (
          <Menu.Item
            component={Link}
            to="/writing"
            leftSection={<IconSignature size={16} aria-hidden />}
            closeMenuOnClick
          >
            {words.shell.writing}
          </Menu.Item>
        )}
        <Menu.Label>{appearance}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {(['light', 'dark', 'auto'] as const).map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {lightOrDark[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {worksWithMail && (
          <>
            <Menu.Label>{words.shell.density}</Menu.Label>
            <Menu.RadioGroup value={density} onChange={(value) => setDensity(value as Density)}>
              {DENSITIES.map((each) => (
                <Menu.RadioItem key={each} value={each}>
                  {words.shell.densities[each]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Label>{words.shell.afterAction}</Menu.Label>
            <Menu.RadioGroup value={afterAction} onChange={(value) => setAfterAction(value as AfterAction)}>
              {AFTER_ACTION.map((each) => (
                <Menu.RadioItem key={each} value={each}>
                  {words.shell.afterActions[each]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {words.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
