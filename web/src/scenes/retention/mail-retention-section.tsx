import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
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
import { RetentionForm } from './retention-form.tsx'
import { StoredSizes } from './stored-sizes.tsx'
import { useAges, type Ages } from './use-ages.ts'

const KINDS = ['messagesDays', 'sourcesDays', 'attachmentsDays'] as const

/** Size of the stored mail of a mailbox, and the ages at which it is deleted. */
export function MailRetentionSection({ account }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdRetentionOptions({ path: { id: account.id } }))
  return (
    <Section title={words.retention.title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={6} height={68} />}
      {data && (
        <>
          <StoredSizes sizes={data.sizes} />
          <Fields account={account} stored={data} />
        </>
      )}
    </Section>
  )
}

function Fields({ account: { id, address }, stored }: { account: EmailAccount; stored: Ages<(typeof KINDS)[number]> }) {
  const text = words.retention
  const form = useAges({ kinds: KINDS, stored })
  const { query, opened } = form
  const refresh = useRefresh('email-accounts')
  const preview = useQuery({
    ...getEmailAccountsIdRetentionPreviewOptions({ path: { id }, query }),
    enabled: opened,
    staleTime: 0,
  })
  const save = useOnce({
    ...putEmailAccountsIdRetentionMutation(),
    onSuccess: async () => {
      form.close()
      showNotice({ message: text.saved })
      await refresh()
      form.forgetEdits()
    },
  })
  return (
    <>
      <Text size="sm" c="dimmed">
        {text.mailHint}
      </Text>
      <RetentionForm
        form={form}
        fields={[
          { kind: 'messagesDays', label: text.messages },
          { kind: 'sourcesDays', label: text.sources, description: text.sourcesHint },
          { kind: 'attachmentsDays', label: text.attachments, description: text.attachmentsHint },
        ]}
        preview={preview}
        saving={save}
        onSave={() => save.mutate({ path: { id }, body: form.body })}
        dialog={{
          title: text.confirmMailTitle(address),
          keeps: text.keeps,
        }}
      >
        <Text size="sm" c="dimmed">
          {text.notAgain}
        </Text>
      </RetentionForm>
    </>
  )
}
