import { showNotice } from '../../components/show-notice.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { putPeopleIdRoleMutation, type Person } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'
import { RoleChoice } from './role-choice.tsx'
import { useLostKeys } from './use-lost-keys.ts'

export function RoleDialog({ person, opened, onClose }: PersonDialogProps) {
  const [chosen, choose] = useState<Person['role']>()
  const { changeRoleTitle, saveRole, roleSaved, roles, losesAccounts } = words.people
  const lostKeys = useLostKeys(person, opened)
  // May affect the current user: then everything around this page changes too.
  const refresh = useRefresh('people', 'session', 'api-keys')
  const leave = () => {
    onClose()
    put.reset()
    choose(undefined)
  }
  const put = useMutation({
    ...putPeopleIdRoleMutation(),
    onSuccess: async ({ name, role }) => {
      showNotice({ message: roleSaved(name, roles[role]) })
      leave()
      await refresh()
    },
  })
  const role = chosen ?? person.role
  return (
    <ConfirmDialog
      opened={opened}
      onClose={leave}
      title={changeRoleTitle(person.name)}
      removes={
        role === person.role
          ? []
          : [...(role === 'admin' ? [] : lostKeys), ...(role === 'auditor' ? [losesAccounts] : [])]
      }
      confirm={saveRole}
      busy={put.isPending}
      waiting={role === person.role}
      error={put.error}
      onConfirm={() => put.mutate({ path: { id: person.id }, body: { role } })}
    >
      <RoleChoice value={role} onChange={choose} />
    </ConfirmDialog>
  )
}
