import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { patchEmailAccountsIdMutation, type EmailAccount, type Grant } from '../../api/client.ts'
import { grantOf } from '../../api/grant-of.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { nameOfGrant } from './name-of-grant.ts'

/** By whose sign-in the mailbox is opened, and another of the same provider in its place. */
export function OpenedBy({ account, grants }: { account: EmailAccount; grants: readonly Grant[] }) {
  const { id, cloudProviderId, address } = account
  const grantId = grantOf(account)
  const text = words.emailAccounts.people
  const [chosen, choose] = useState(grantId)
  const [asked, { open, close }] = useDisclosure(false)
  const refresh = useRefresh('email-accounts', 'grants')
  const save = useOnce({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      close()
      notifications.show({ message: text.openedByNow })
      await refresh()
    },
  })
  const usable = grants.filter((one) => one.id === grantId || (one.cloudProviderId === cloudProviderId && !one.ended))
  const current = usable.find((one) => one.id === grantId)
  const next = usable.find((one) => one.id === chosen)
  if (usable.length < 2) return <Text size="sm">{current && nameOfGrant(current)}</Text>
  return (
    <Group gap="xs">
      <NativeSelect
        size="xs"
        aria-label={text.openedBy}
        value={chosen}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        data={usable.map((one) => ({ value: one.id, label: nameOfGrant(one) }))}
      />
      {next && chosen !== grantId && (
        <>
          <Button size="xs" onClick={open}>
            {text.useSignIn}
          </Button>
          <ConfirmDialog
            opened={asked}
            onClose={close}
            title={text.useTitle(next.displayName, address)}
            sentence={text.useSentence(next.displayName)}
            goes={current ? text.useGoes(current.displayName) : []}
            stays={text.useStays}
            confirm={text.useSignIn}
            onConfirm={() => save.mutate({ path: { id }, body: { grantId: next.id } })}
            busy={save.isPending}
            error={save.error}
          />
        </>
      )}
    </Group>
  )
}
