import { ActionIcon, Avatar, Badge, Group, Menu, Paper, Text } from '@mantine/core'
import {
  IconDots,
  IconKey,
  IconLink,
  IconLogout,
  IconMail,
  IconShieldOff,
  IconUserCog,
  IconUserMinus,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { Person } from '../../api/client.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { AccountKeys } from './account-keys.tsx'
import { EndSessionsDialog } from './end-sessions-dialog.tsx'
import { hasAccounts } from './has-accounts.ts'
import { LinkedSignInsDialog } from './linked-sign-ins-dialog.tsx'
import { MembershipsDialog } from './memberships-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { ResetDialog } from './reset-dialog.tsx'
import { ResetFactorsDialog } from './reset-factors-dialog.tsx'
import { RoleDialog } from './role-dialog.tsx'

const DIALOGS = {
  role: RoleDialog,
  memberships: MembershipsDialog,
  reset: ResetDialog,
  factors: ResetFactorsDialog,
  linkedSignIns: LinkedSignInsDialog,
  sessions: EndSessionsDialog,
  remove: RemoveDialog,
}

export function PersonRow({ person }: { person: Person }) {
  const me = useMe()
  const { name, email, role } = person
  const { you, roles, allAccounts, healthOnly } = words.people
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Avatar name={name} size={36} aria-hidden visibleFrom="xs" />
          <div>
            <Text fw={600}>
              {name}
              {person.id === me.id && (
                <Text span c="dimmed">
                  {' '}
                  ({you})
                </Text>
              )}
            </Text>
            <Text size="sm" c="dimmed">
              {email}
            </Text>
          </div>
        </Group>
        <Group gap="sm" wrap="nowrap">
          <Group gap="xs" justify="flex-end">
            <Badge variant="default" radius="sm" tt="none">
              {roles[role]}
            </Badge>
            {hasAccounts(role) ? (
              <AccountKeys ids={person.emailAccountIds} />
            ) : (
              <Text size="sm" c="dimmed">
                {role === 'admin' ? allAccounts : healthOnly}
              </Text>
            )}
          </Group>
          <PersonMenu person={person} />
        </Group>
      </Group>
    </Paper>
  )
}

function PersonMenu({ person }: { person: Person }) {
  const [chosen, choose] = useState<keyof typeof DIALOGS>()
  const { actions, changeRole, setAccounts, reset, resetFactors, linkedSignIns, endSessions, remove } = words.people
  // Each dialog starts fresh, and stays mounted while it closes.
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={actions(person.name)}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconUserCog size={16} aria-hidden />} onClick={() => choose('role')}>
            {changeRole}
          </Menu.Item>
          {hasAccounts(person.role) && (
            <Menu.Item leftSection={<IconMail size={16} aria-hidden />} onClick={() => choose('memberships')}>
              {setAccounts}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => choose('reset')}>
            {reset}
          </Menu.Item>
          <Menu.Item leftSection={<IconShieldOff size={16} aria-hidden />} onClick={() => choose('factors')}>
            {resetFactors}
          </Menu.Item>
          <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => choose('linkedSignIns')}>
            {linkedSignIns}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => choose('sessions')}>
            {endSessions}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconUserMinus size={16} aria-hidden />} onClick={() => choose('remove')}>
            {remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {Object.entries(DIALOGS).map(([name, Dialog]) => (
        <Dialog key={name} person={person} opened={chosen === name} onClose={() => choose(undefined)} />
      ))}
    </>
  )
}
