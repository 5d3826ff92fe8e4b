import { showNotice } from '../../components/show-notice.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { putPeopleIdMembershipsMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { AccountChoice } from './account-choice.tsx'
import type { PersonDialogProps } from './person-dialog.ts'

export function MembershipsDialog({ person, opened, onClose }: PersonDialogProps) {
  const [chosen, choose] = useState<string[]>()
  const { setAccountsTitle, saveAccounts, accountsSaved, accounts, accountsHint } = words.people
  const refresh = useRefresh('people', 'email-accounts')
  const leave = () => {
    onClose()
    put.reset()
    choose(undefined)
  }
  const put = useMutation({
    ...putPeopleIdMembershipsMutation(),
    onSuccess: async ({ name }) => {
      showNotice({ message: accountsSaved(name) })
      leave()
      await refresh()
    },
  })
  const emailAccountIds = chosen ?? person.emailAccountIds
  return (
    <ConfirmDialog
      opened={opened}
      onClose={leave}
      title={setAccountsTitle(person.name)}
      confirm={saveAccounts}
      busy={put.isPending}
      waiting={chosen === undefined}
      error={put.error}
      onConfirm={() => put.mutate({ path: { id: person.id }, body: { emailAccountIds } })}
    >
      <AccountChoice label={accounts} description={accountsHint} value={emailAccountIds} onChange={choose} />
    </ConfirmDialog>
  )
}
