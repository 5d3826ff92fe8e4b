import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getCloudProvidersIdOptions,
  patchEmailAccountsIdMutation,
  type EmailAccount,
  type Grant,
} from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { UsersOnlyNotice } from '../setup/users-only-notice.tsx'
import { ScopingCommands } from '../setup/scoping-commands.tsx'
import { grantName } from './grant-name.ts'

const text = words.emailAccounts.access
/** Value in place of a grant. */
const APPLICATION = 'application'

/** Principal of the mailbox, a sign-in or the application, and the choice of another one. */
export function OpenedBy({ account, grants }: { account: EmailAccount; grants: readonly Grant[] }) {
  const { cloudProviderId = '' } = account
  const now = principalGrantId(account) ?? APPLICATION
  const [chosen, choose] = useState(now)
  const [isOpen, { open, close }] = useDisclosure(false)
  const usable = grants.filter((one) => one.id === now || (one.cloudProviderId === cloudProviderId && !one.ended))
  const current = usable.find((one) => one.id === now)
  const isCloudAccount = cloudProviderId !== ''
  const { data: provider } = useQuery({
    ...getCloudProvidersIdOptions({ path: { id: cloudProviderId } }),
    enabled: isCloudAccount,
  })
  // Personal accounts allow no application, nor do Cloud Providers for users only.
  const isOffered = now === APPLICATION || (!current?.isPersonal && provider?.application !== undefined)
  const choices = [
    ...usable.map((one) => ({ value: one.id, label: grantName(one) })),
    ...(isOffered ? [{ value: APPLICATION, label: text.application }] : []),
  ]
  const why = provider && !isOffered && !current?.isPersonal && <UsersOnlyNotice cloudProviderId={cloudProviderId} />
  if (account.principal.kind === 'password') return <Text size="sm">{text.byPassword}</Text>
  if (choices.length < 2) {
    return (
      <>
        <Text size="sm">{choices[0]?.label}</Text>
        {why}
      </>
    )
  }
  return (
    <>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={text.openedBy}
          value={chosen}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data={choices}
        />
        {chosen !== now && (
          <>
            <Button size="xs" onClick={open}>
              {chosen === APPLICATION ? text.useApplication : text.useSignIn}
            </Button>
            <Change
              account={account}
              current={current}
              next={usable.find((one) => one.id === chosen)}
              opened={isOpen}
              onClose={close}
            />
          </>
        )}
      </Group>
      {why}
    </>
  )
}

interface ChangeProps {
  account: EmailAccount
  /** Undefined for the application, here and below. */
  current: Grant | undefined
  next: Grant | undefined
  opened: boolean
  onClose: () => void
}

/** Confirms a change of principal. A principal without access is refused, and nothing changes. */
function Change({ account, current, next, opened, onClose }: ChangeProps) {
  const { id, address, cloudProviderId = '', backupSignIn } = account
  const refresh = useRefresh('email-accounts', 'grants')
  const save = useOnce({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      onClose()
      showNotice({ message: next ? text.openedByNow : text.openedByApplication })
      await refresh()
    },
  })
  const removes = current ? text.useRemoves(current.displayName) : text.applicationRemoves
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={next ? text.useTitle(next.displayName, address) : text.applicationTitle(address)}
      sentence={next ? text.useSentence(next.displayName) : text.applicationSentence}
      removes={!next && backupSignIn ? [...removes, text.backupRemoved] : removes}
      keeps={next && current ? text.useKeeps : text.applicationKeeps}
      confirm={next ? text.useSignIn : text.useApplication}
      onConfirm={() => save.mutate({ path: { id }, body: next ? { grantId: next.id } : { application: {} } })}
      busy={save.isPending}
      error={save.error}
    >
      {save.error && !next && <ScopingCommands cloudProviderId={cloudProviderId} address={address} />}
    </ConfirmDialog>
  )
}
