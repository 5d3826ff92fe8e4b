import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdOutboxOptions, type EmailAccount } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { OutboxMessage } from './outbox-message.tsx'

/** Queued, failed and unknown submissions, with their actions. */
export function OutboxSection({ account }: { account: EmailAccount }) {
  const unsent = useQuery(getEmailAccountsIdOutboxOptions({ path: { id: account.id } }))
  const { title, none } = words.outbox
  return (
    <Section title={title}>
      {unsent.error && <ProblemNotice error={unsent.error} onRetry={() => void unsent.refetch()} />}
      {unsent.isPending && <LoadingRows rows={1} />}
      {unsent.data?.submissions.length === 0 && <Text size="sm">{none}</Text>}
      {unsent.data && unsent.data.submissions.length > 0 && (
        <Stack gap="sm" mah={480} style={{ overflowY: 'auto' }} tabIndex={0} role="list" aria-label={title}>
          {unsent.data.submissions.map((message) => (
            <OutboxMessage key={message.id} message={message} account={account} />
          ))}
        </Stack>
      )}
    </Section>
  )
}
