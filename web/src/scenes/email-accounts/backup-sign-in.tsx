import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { useState } from 'react'
import {
  deleteEmailAccountsIdBackupSignInMutation,
  postEmailAccountsIdBackupSignInCheckMutation,
  postEmailAccountsIdBackupSignInMakePrincipalMutation,
  putEmailAccountsIdBackupSignInMutation,
  type EmailAccount,
  type Grant,
} from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { namedFix } from '../../components/named-fix.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { grantName } from './grant-name.ts'

const text = words.emailAccounts.access

interface BackupSignInProps {
  account: EmailAccount
  grants: readonly Grant[]
}

/** Backup sign-in: none, waiting, or in use. */
export function BackupSignIn({ account, grants }: BackupSignInProps) {
  const { backupSignIn } = account
  const person = grants.find(({ id }) => id === backupSignIn?.grantId)
  if (!backupSignIn || !person) return <ChooseBackup account={account} grants={grants} />
  const first = grants.find(({ id }) => id === backupSignIn.insteadOf)
  return first ? (
    <AtWork account={account} person={person} first={first} />
  ) : (
    <Waiting account={account} person={person} />
  )
}

/** Choice of a backup among other sign-ins of the same organization. */
export function ChooseBackup({ account, grants }: BackupSignInProps) {
  const { id, cloudProviderId, address } = account
  const first = grants.find((one) => one.id === principalGrantId(account))
  const others = grants.filter(
    (one) =>
      one.cloudProviderId === cloudProviderId &&
      one.id !== first?.id &&
      one.tenantId === first?.tenantId &&
      one.ended === undefined,
  )
  const [chosen, choose] = useState('')
  const refresh = useRefresh('email-accounts', 'grants')
  const save = useOnce({
    ...putEmailAccountsIdBackupSignInMutation(),
    onSuccess: async () => {
      showNotice({ message: text.backupIsSet(others.find((one) => one.id === chosen)?.displayName ?? '') })
      await refresh()
    },
  })
  return (
    <Stack gap="xs">
      <Text size="sm">{text.backupSentence}</Text>
      {others.length === 0 ? (
        <>
          <Text size="sm" c="dimmed">
            {text.backupUnavailable}
          </Text>
          <div>
            <ButtonLink
              to="/set-up"
              search={{ step: 'c', provider: cloudProviderId, address, kind: 'shared' }}
              size="xs"
              variant="default"
            >
              {text.backupAdd}
            </ButtonLink>
          </div>
        </>
      ) : (
        <Group gap="xs">
          <NativeSelect
            size="xs"
            aria-label={text.backupChoose}
            value={chosen}
            onChange={({ currentTarget }) => choose(currentTarget.value)}
            data={[
              { value: '', label: text.backupNone },
              ...others.map((one) => ({ value: one.id, label: grantName(one) })),
            ]}
          />
          {chosen !== '' && (
            <Button
              size="xs"
              loading={save.isPending}
              onClick={() => save.mutate({ path: { id }, body: { grantId: chosen } })}
            >
              {text.backupSet}
            </Button>
          )}
        </Group>
      )}
      {save.error && <ProblemNotice error={save.error} />}
    </Stack>
  )
}

function Waiting({ account: { id, backupSignIn, address }, person }: { account: EmailAccount; person: Grant }) {
  const refresh = useRefresh('email-accounts')
  const check = useOnce({ ...postEmailAccountsIdBackupSignInCheckMutation(), onSuccess: refresh })
  const remove = useOnce({
    ...deleteEmailAccountsIdBackupSignInMutation(),
    onSuccess: async () => {
      showNotice({ message: text.backupIsRemoved })
      await refresh()
    },
  })
  const reason = backupSignIn?.reason
  return (
    <Stack gap={4}>
      <Text size="sm">{grantName(person)}</Text>
      <Text size="sm" c={reason ? 'red' : 'dimmed'} role="status">
        {reason ? text.backupCannotOpen(person.displayName) : text.backupCanOpen(person.displayName)}{' '}
        {reason && `${reason.title}. ${namedFix(reason.fix, address, person.userName) ?? ''} `}
        {backupSignIn?.checkedAt && (
          <>
            {text.backupChecked} <Time at={backupSignIn.checkedAt} />.
          </>
        )}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate({ path: { id } })}>
          {text.backupCheck}
        </Button>
        <Button size="xs" variant="default" loading={remove.isPending} onClick={() => remove.mutate({ path: { id } })}>
          {text.backupRemove}
        </Button>
      </Group>
      {(check.error ?? remove.error) && <ProblemNotice error={check.error ?? remove.error} />}
    </Stack>
  )
}

function AtWork({ account: { id }, person, first }: { account: EmailAccount; person: Grant; first: Grant }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const refresh = useRefresh('email-accounts', 'grants')
  const make = useOnce({
    ...postEmailAccountsIdBackupSignInMakePrincipalMutation(),
    onSuccess: async () => {
      close()
      showNotice({ message: text.madeFirst(person.displayName) })
      await refresh()
    },
  })
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {text.atWork(person.displayName, first.displayName)}
      </Text>
      <Text size="sm">{text.atWorkSentence(first.displayName)}</Text>
      <div>
        <Button size="xs" variant="default" onClick={open}>
          {text.makeFirst(person.displayName)}
        </Button>
      </div>
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        title={text.makeFirstTitle(person.displayName)}
        removes={text.makeFirstRemoves(first.displayName)}
        keeps={text.makeFirstKeeps}
        confirm={text.makeFirst(person.displayName)}
        onConfirm={() => make.mutate({ path: { id } })}
        busy={make.isPending}
        error={make.error}
      />
    </Stack>
  )
}
