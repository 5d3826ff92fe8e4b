import { Button, Checkbox, Group, ScrollArea, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getEmailAccountsIdFoldersOptions,
  putEmailAccountsIdFoldersMutation,
  type EmailAccount,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { language, words } from '../../words/index.ts'
import { asOutlook, type FolderChoice } from './folder-order.ts'

const INDENT_REM = 1.25

/** The folders on the server, asked for now: which of them are read. */
export function FoldersSection({ account }: { account: EmailAccount }) {
  const path = { id: account.id }
  // Asked at Microsoft each time: not with every mail that comes.
  const folders = useQuery({ ...getEmailAccountsIdFoldersOptions({ path }), retry: false, staleTime: 60_000 })
  const { title, sentence } = words.emailAccounts.folders
  return (
    <Section title={title}>
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {folders.data ? (
        <Choice accountId={account.id} folders={folders.data.folders} />
      ) : folders.error ? (
        <ProblemNotice error={folders.error} onRetry={() => void folders.refetch()} />
      ) : (
        <LoadingRows rows={3} height={28} />
      )}
    </Section>
  )
}

function Choice({ accountId, folders }: { accountId: string; folders: readonly FolderChoice[] }) {
  const { read, count, save, saved, none, roles } = words.emailAccounts.folders
  const before = folders.filter(({ synced }) => synced).map(({ remoteId }) => remoteId)
  const [chosen, setChosen] = useState<string[]>()
  const refresh = useRefresh('email-accounts')
  const put = useMutation({
    ...putEmailAccountsIdFoldersMutation(),
    onSuccess: async () => {
      notifications.show({ message: saved })
      await refresh()
      setChosen(undefined)
    },
  })
  const number = new Intl.NumberFormat(language)
  return (
    <Stack gap="sm">
      <Checkbox.Group value={chosen ?? before} onChange={setChosen} label={read} labelProps={{ size: 'sm' }}>
        <ScrollArea.Autosize mah={320} mt="xs" viewportProps={{ tabIndex: 0, 'aria-label': read }}>
          <Stack gap={6} p={2}>
            {asOutlook(folders).map(({ remoteId, name, role, path, totalCount }) => (
              <Checkbox
                key={remoteId}
                size="sm"
                value={remoteId}
                label={role ? roles[role] : name}
                description={count(totalCount, number.format(totalCount))}
                ml={`${(path.length - 1) * INDENT_REM}rem`}
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Checkbox.Group>
      {put.error && <ProblemNotice error={put.error} />}
      {chosen && (
        <Group gap="xs">
          <Button
            size="xs"
            loading={put.isPending}
            disabled={chosen.length === 0}
            onClick={() => put.mutate({ path: { id: accountId }, body: { folderRemoteIds: chosen } })}
          >
            {save}
          </Button>
          <Button size="xs" variant="default" onClick={() => setChosen(undefined)}>
            {words.cancel}
          </Button>
          {chosen.length === 0 && <Text size="sm">{none}</Text>}
        </Group>
      )}
    </Stack>
  )
}
