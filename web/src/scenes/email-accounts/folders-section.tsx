import { Alert, Button, Group, Select, Stack, Switch, Text } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import {
  getEmailAccountsIdFoldersOptions,
  patchEmailAccountsIdMutation,
  putEmailAccountsIdFoldersMutation,
  type EmailAccount,
  type GetEmailAccountsIdFoldersResponse,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { FolderPicker } from '../../components/folders/folder-picker.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { useOpenIncidents } from '../shell/open-incidents.ts'

/** Anchor of this section. */
export const FOLDERS = 'folders'
const AUTOMATIC = 'automatic'
const FOLDER_GONE = 'email_accounts.folder_gone'

/** Folders of the mailbox, fetched from the server, with the selected ones. */
export function FoldersSection({ account }: { account: EmailAccount }) {
  const path = { id: account.id }
  // Fetched from Microsoft each time, not after every new message.
  const folders = useQuery({ ...getEmailAccountsIdFoldersOptions({ path }), retry: false, staleTime: 60_000 })
  const { title, sentence, lost } = words.emailAccounts.folders
  const gone = useOpenIncidents().find(
    ({ forAdmins, affected }) =>
      forAdmins?.reason.code === FOLDER_GONE && affected.some(({ id, until }) => id === account.id && !until),
  )
  const isHere = useLocation({ select: ({ hash }) => hash === FOLDERS })
  const place = useRef<HTMLDivElement>(null)
  const isLoaded = !folders.isPending
  useEffect(() => {
    if (isHere && isLoaded) place.current?.scrollIntoView({ block: 'center' })
  }, [isHere, isLoaded])
  return (
    <Section title={title}>
      {gone && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />} ref={place}>
          <Text size="sm">
            {gone.forAdmins?.detail} {lost}
          </Text>
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {folders.data ? (
        <>
          <Choice accountId={account.id} folders={folders.data.folders} />
          {account.receivesBy === 'imap' && <SentFolder account={account} folders={folders.data.folders} />}
        </>
      ) : folders.error ? (
        <ProblemNotice error={folders.error} onRetry={() => void folders.refetch()} />
      ) : (
        <LoadingRows rows={3} height={28} />
      )}
      <JunkWatch account={account} />
    </Section>
  )
}

/** Replies that the server classified as spam. */
function JunkWatch({ account: { id, watchesJunk } }: { account: EmailAccount }) {
  const { watchJunk, watchJunkHint } = words.emailAccounts.folders
  const refresh = useRefresh('email-accounts')
  const save = useMutation({ ...patchEmailAccountsIdMutation(), onSuccess: refresh })
  return (
    <>
      <Switch
        label={watchJunk}
        description={watchJunkHint}
        checked={save.isPending ? save.variables.body.watchesJunk : watchesJunk}
        disabled={save.isPending}
        onChange={({ currentTarget }) => save.mutate({ path: { id }, body: { watchesJunk: currentTarget.checked } })}
      />
      {save.error && <ProblemNotice error={save.error} />}
    </>
  )
}

/** Folder for copies of sent mail. On IMAP servers it is detected by its role or name, or chosen here. */
function SentFolder({
  account: { id, sentFolderRemoteId },
  folders,
}: {
  account: EmailAccount
  folders: GetEmailAccountsIdFoldersResponse['folders']
}) {
  const { sentFolder, sentFolderHint, sentFolderMissing, sentFolderFound, sentFolderSaved } =
    words.emailAccounts.folders
  const refresh = useRefresh('email-accounts')
  const save = useMutation({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      showNotice({ message: sentFolderSaved })
      await refresh()
    },
  })
  const found = folders.find(({ role }) => role === 'sent')
  const nameOf = ({ path }: { path: readonly string[] }) => path.join(' / ')
  const isChosen = sentFolderRemoteId !== undefined && found?.remoteId === sentFolderRemoteId
  const automatic = found && !isChosen ? sentFolderFound(nameOf(found)) : sentFolderFound(undefined)
  const options = folders
    .filter(({ role }) => role === undefined || role === 'sent')
    .map((each) => ({ value: `folder ${each.remoteId}`, label: nameOf(each) }))
  return (
    <>
      {!found && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          <Text size="sm">{sentFolderMissing}</Text>
        </Alert>
      )}
      <Select
        label={sentFolder}
        description={sentFolderHint}
        data={[{ value: AUTOMATIC, label: automatic }, ...options]}
        value={isChosen ? `folder ${sentFolderRemoteId}` : AUTOMATIC}
        allowDeselect={false}
        searchable
        disabled={save.isPending}
        maw={420}
        onChange={(value) => {
          if (value === null) return
          const sentFolderRemoteId = value === AUTOMATIC ? null : value.slice('folder '.length)
          save.mutate({ path: { id }, body: { sentFolderRemoteId } })
        }}
      />
      {save.error && <ProblemNotice error={save.error} />}
    </>
  )
}

function Choice({ accountId, folders }: { accountId: string; folders: GetEmailAccountsIdFoldersResponse['folders'] }) {
  const { read, save, saved } = words.emailAccounts.folders
  const before = folders.filter(({ synced }) => synced).map(({ remoteId }) => remoteId)
  const [chosen, setChosen] = useState<string[]>()
  const refresh = useRefresh('email-accounts')
  const put = useMutation({
    ...putEmailAccountsIdFoldersMutation(),
    onSuccess: async () => {
      showNotice({ message: saved })
      await refresh()
      setChosen(undefined)
    },
  })
  return (
    <Stack gap="sm">
      <FolderPicker label={read} folders={folders} chosen={chosen ?? before} onChange={setChosen} />
      {put.error && <ProblemNotice error={put.error} />}
      {/* Enabled without a change too, because saving closes the incident of a lost folder. */}
      <Group gap="xs">
        <Button
          size="xs"
          variant={chosen ? 'filled' : 'default'}
          loading={put.isPending}
          disabled={(chosen ?? before).length === 0}
          onClick={() => put.mutate({ path: { id: accountId }, body: { folderRemoteIds: chosen ?? before } })}
        >
          {save}
        </Button>
        {chosen && (
          <Button size="xs" variant="default" onClick={() => setChosen(undefined)}>
            {words.cancel}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
