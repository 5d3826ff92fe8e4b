import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { patchEmailAccountsIdMutation, type EmailAccount, type Grant } from '../../api/client.ts'
import { grantOf } from '../../api/grant-of.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

/** By whose sign-in the mailbox is opened, and another of the same provider in its place. */
export function OpenedBy({ account, grants }: { account: EmailAccount; grants: readonly Grant[] }) {
  const { id, cloudProviderId } = account
  const grantId = grantOf(account)
  const { openedBy, useSignIn, openedByNow } = words.emailAccounts.roads
  const [chosen, choose] = useState(grantId)
  const refresh = useRefresh('email-accounts', 'grants')
  const save = useOnce({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      notifications.show({ message: openedByNow })
      await refresh()
    },
  })
  const usable = grants.filter((one) => one.id === grantId || (one.cloudProviderId === cloudProviderId && !one.ended))
  const current = usable.find((one) => one.id === grantId)
  if (usable.length < 2) return <Text size="sm">{current && nameOf(current)}</Text>
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={openedBy}
          value={chosen}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data={usable.map((one) => ({ value: one.id, label: nameOf(one) }))}
        />
        {chosen !== grantId && (
          <Button
            size="xs"
            loading={save.isPending}
            onClick={() => save.mutate({ path: { id }, body: { grantId: chosen } })}
          >
            {useSignIn}
          </Button>
        )}
      </Group>
      {save.error && <ProblemNotice error={save.error} />}
    </Stack>
  )
}

function nameOf({ displayName, userName }: Grant): string {
  return `${displayName} (${userName})`
}
