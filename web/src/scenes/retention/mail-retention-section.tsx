import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getEmailAccountsIdRetentionOptions,
  getEmailAccountsIdRetentionPreviewOptions,
  putEmailAccountsIdRetentionMutation,
  type EmailAccount,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { AgeSelect } from './age-select.tsx'
import { DeletionDialog } from './deletion-dialog.tsx'
import { StoredSizes } from './stored-sizes.tsx'

interface Ages {
  messagesDays?: number | undefined
  sourcesDays?: number | undefined
  attachmentsDays?: number | undefined
}
const KINDS = ['messagesDays', 'sourcesDays', 'attachmentsDays'] as const

/** Size of the stored mail of a mailbox, and the ages at which it is deleted. */
export function MailRetentionSection({ account }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdRetentionOptions({ path: { id: account.id } }))
  return (
    <Section title={words.retention.title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={3} />}
      {data && (
        <>
          <StoredSizes sizes={data.sizes} />
          <Fields account={account} stored={data} />
        </>
      )}
    </Section>
  )
}

function Fields({ account: { id, address }, stored }: { account: EmailAccount; stored: Ages }) {
  const text = words.retention
  const [ages, setAges] = useState<Ages>(stored)
  const [opened, dialog] = useDisclosure(false)
  const refresh = useRefresh('email-accounts')
  const asked = { path: { id }, query: Object.fromEntries(KINDS.flatMap((kind) => (ages[kind] ? [[kind, ages[kind]]] : []))) } // prettier-ignore
  const preview = useQuery({ ...getEmailAccountsIdRetentionPreviewOptions(asked), enabled: opened, staleTime: 0 })
  const save = useOnce({
    ...putEmailAccountsIdRetentionMutation(),
    onSuccess: async () => {
      dialog.close()
      showNotice({ message: text.saved })
      await refresh()
    },
  })
  const isChanged = KINDS.some((kind) => ages[kind] !== stored[kind])
  // A later age, or none, deletes nothing more.
  const deletesMore = KINDS.some((kind) => (ages[kind] ?? Infinity) < (stored[kind] ?? Infinity))
  const confirm = () =>
    save.mutate({
      path: { id },
      body: {
        messagesDays: ages.messagesDays ?? null,
        sourcesDays: ages.sourcesDays ?? null,
        attachmentsDays: ages.attachmentsDays ?? null,
      },
    })
  const select = (kind: keyof Ages, label: string, description?: string) => (
    <AgeSelect
      label={label}
      {...(description !== undefined && { description })}
      none={text.never}
      value={ages[kind]}
      onChange={(days) => setAges({ ...ages, [kind]: days })}
    />
  )
  return (
    <>
      <Text size="sm" c="dimmed">
        {text.mailHint}
      </Text>
      {select('messagesDays', text.messages)}
      {select('sourcesDays', text.sources, text.sourcesHint)}
      {select('attachmentsDays', text.attachments, text.attachmentsHint)}
      <Text size="sm" c="dimmed">
        {text.notAgain}
      </Text>
      {!opened && save.error && <ProblemNotice error={save.error} />}
      {isChanged && (
        <Group gap="xs">
          <Button size="xs" loading={save.isPending} onClick={deletesMore ? dialog.open : confirm}>
            {deletesMore ? `${text.save}…` : text.save}
          </Button>
          <Button size="xs" variant="default" onClick={() => setAges(stored)}>
            {words.cancel}
          </Button>
        </Group>
      )}
      <DeletionDialog
        opened={opened}
        onClose={dialog.close}
        title={text.confirmMailTitle(address)}
        counts={preview.isFetching ? undefined : preview.data}
        keeps={text.keeps}
        busy={save.isPending}
        error={save.error ?? preview.error}
        onRetry={save.error ? undefined : () => void preview.refetch()}
        onConfirm={confirm}
      />
    </>
  )
}
