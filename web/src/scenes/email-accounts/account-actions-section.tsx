import { Alert, Button, Group, Select, Switch, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import {
  getEmailAccountsIdFoldersOptions,
  getEmailAccountsIdActionsOptions,
  getEmailAccountsIdActionsQueryKey,
  patchEmailAccountsIdActionsMutation,
  postEmailAccountsIdActionsRetryMutation,
  type EmailAccount,
  type AccountActionSettings,
} from '../../api/client.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const text = words.accountActions
/** While actions wait, their number changes without an event. */
const WHILE_WAITING_MS = 3000
const OTHER_ROLES = ['inbox', 'sent', 'drafts', 'junk', 'trash']

/** Work of the team that takes effect in the mailbox, with its waiting and failed actions. */
export function AccountActionsSection({ account }: { account: EmailAccount }) {
  const path = { id: account.id }
  const { data, error, refetch } = useQuery({
    ...getEmailAccountsIdActionsOptions({ path }),
    refetchInterval: ({ state }) => (state.data && state.data.waiting > 0 ? WHILE_WAITING_MS : false),
  })
  const isMicrosoft = !account.servers
  return (
    <Section title={text.title(isMicrosoft)}>
      <Text size="sm" c="dimmed">
        {text.sentence(isMicrosoft)}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={3} height={44} />}
      {data && (
        <>
          {data.obstacle && <Notice title={text.unavailable} reason={data.obstacle} />}
          <Switches account={account} settings={data} />
          <Progress id={account.id} settings={data} />
        </>
      )}
    </Section>
  )
}

function Switches({ account: { id, servers }, settings }: { account: EmailAccount; settings: AccountActionSettings }) {
  const { marksRead, movesClosed, closedFolder, movesSpam, movesDeleted, obstacle } = settings
  const [isChoosing, setChoosing] = useState(false)
  const queryClient = useQueryClient()
  const save = useMutation({
    ...patchEmailAccountsIdActionsMutation(),
    onSuccess: (saved) => {
      setChoosing(false)
      queryClient.setQueryData(getEmailAccountsIdActionsQueryKey({ path: { id } }), saved)
    },
  })
  const change = (body: NonNullable<typeof save.variables>['body']) => save.mutate({ path: { id }, body })
  const pending = save.isPending ? save.variables.body : undefined
  const showsFolder = movesClosed || isChoosing
  const isMicrosoft = !servers
  return (
    <>
      <Switch
        label={text.marksRead}
        description={text.marksReadHint(isMicrosoft)}
        checked={pending?.marksRead ?? marksRead}
        disabled={save.isPending || (!!obstacle && !marksRead)}
        onChange={({ currentTarget }) => change({ marksRead: currentTarget.checked })}
      />
      <Switch
        label={text.movesClosed}
        description={text.movesClosedHint}
        checked={showsFolder}
        disabled={save.isPending || (!!obstacle && !movesClosed)}
        onChange={({ currentTarget }) => {
          setChoosing(currentTarget.checked)
          if (!currentTarget.checked && movesClosed) change({ closedFolderRemoteId: null })
        }}
      />
      {showsFolder && (
        <FolderChoice
          id={id}
          isMicrosoft={isMicrosoft}
          chosen={closedFolder}
          isGone={movesClosed && !closedFolder}
          fault={fieldFault(save.error, 'closedFolderRemoteId')}
          isSaving={save.isPending}
          onChoose={(closedFolderRemoteId) => change({ closedFolderRemoteId })}
        />
      )}
      <Switch
        label={text.movesSpam}
        description={text.movesSpamHint(isMicrosoft)}
        checked={pending?.movesSpam ?? movesSpam}
        disabled={save.isPending || (!!obstacle && !movesSpam)}
        onChange={({ currentTarget }) => change({ movesSpam: currentTarget.checked })}
      />
      <Switch
        label={text.movesDeleted}
        description={text.movesDeletedHint(isMicrosoft)}
        checked={pending?.movesDeleted ?? movesDeleted}
        disabled={save.isPending || (!!obstacle && !movesDeleted)}
        onChange={({ currentTarget }) => change({ movesDeleted: currentTarget.checked })}
      />
      {save.error && <ProblemNotice error={save.error} />}
    </>
  )
}

interface FolderChoiceProps {
  id: string
  isMicrosoft: boolean
  chosen: AccountActionSettings['closedFolder']
  isGone: boolean
  fault: string | undefined
  isSaving: boolean
  onChoose: (remoteId: string) => void
}

function FolderChoice({ id, isMicrosoft, chosen, isGone, fault, isSaving, onChoose }: FolderChoiceProps) {
  // Fetched from the server each time, because a folder may have been created for this.
  const folders = useQuery({ ...getEmailAccountsIdFoldersOptions({ path: { id } }), retry: false, staleTime: 60_000 })
  if (folders.error) return <ProblemNotice error={folders.error} onRetry={() => void folders.refetch()} />
  if (!folders.data) return <LoadingRows rows={1} height={36} />
  const options = folders.data.folders
    .filter(({ role }) => role === undefined || !OTHER_ROLES.includes(role))
    .map(({ remoteId, path }) => ({ value: remoteId, label: path.join(' / ') }))
  const isListed = options.some(({ value }) => value === chosen?.remoteId)
  const gone = isGone || (chosen && !isListed) ? text.folderGone : undefined
  return (
    <Select
      label={text.folder}
      placeholder={text.chooseFolder}
      data={options}
      nothingFoundMessage={options.length === 0 ? text.noFolders(isMicrosoft) : text.noFolderFound}
      error={fault ?? gone}
      value={isListed ? chosen!.remoteId : null}
      allowDeselect={false}
      searchable
      disabled={isSaving}
      maw={420}
      onChange={(remoteId) => remoteId !== null && onChoose(remoteId)}
    />
  )
}

/** Waiting and failed actions. */
function Progress({ id, settings }: { id: string; settings: AccountActionSettings }) {
  const { waiting, failed, failure, leftOut, fault } = settings
  const isOn = settings.marksRead || settings.movesClosed || settings.movesSpam || settings.movesDeleted
  const queryClient = useQueryClient()
  const retry = useMutation({
    ...postEmailAccountsIdActionsRetryMutation(),
    onSuccess: (saved) => queryClient.setQueryData(getEmailAccountsIdActionsQueryKey({ path: { id } }), saved),
  })
  const isIdle = waiting === 0 && failed === 0 && leftOut === 0 && !fault
  if (isIdle && !isOn) return null
  const again = (
    <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate({ path: { id } })}>
      {text.retry}
    </Button>
  )
  return (
    <>
      {fault && (
        <Notice title={text.fault} reason={fault.reason} action={again}>
          <Text size="sm" c="dimmed">
            {text.since} <Time at={fault.since} />
            {fault.nextTryAt && (
              <>
                {' · '}
                {text.next} <Time at={fault.nextTryAt} />
              </>
            )}
          </Text>
        </Notice>
      )}
      {failed > 0 && (
        <Notice title={text.failed(failed)} reason={failure} action={again}>
          <Text size="sm">{text.failedHint}</Text>
        </Notice>
      )}
      {leftOut > 0 && (
        <Text size="sm" c="dimmed">
          {text.leftOut(leftOut)}
        </Text>
      )}
      <Text size="sm" c="dimmed" role="status">
        {waiting > 0 ? text.waiting(waiting) : text.nothingWaits}
      </Text>
      {retry.error && <ProblemNotice error={retry.error} />}
    </>
  )
}

interface NoticeProps {
  title: string
  reason: AccountActionSettings['failure']
  action?: ReactNode
  children?: ReactNode
}

/** Title, cause, fix and the person who can apply it. */
function Notice({ title, reason, action, children }: NoticeProps) {
  return (
    <Alert
      color="orange"
      variant="light"
      title={title}
      icon={<IconAlertTriangle aria-hidden />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      {reason && (
        <>
          <Text size="sm">{reason.title}.</Text>
          <Text size="sm">{reason.fix}</Text>
          <Text size="sm" c="dimmed">
            {words.remedies[reason.remedy]}
          </Text>
        </>
      )}
      {children}
      {action && (
        <Group gap="xs" mt="xs">
          {action}
        </Group>
      )}
    </Alert>
  )
}
