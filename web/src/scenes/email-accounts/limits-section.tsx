import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdLimitsOptions, type EmailAccount } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { sizeWords } from '../../components/sizes.ts'
import { language, words } from '../../words/index.ts'

/** Size limits of a message for the send protocol of this mailbox. */
export function LimitsSection({ account: { id } }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdLimitsOptions({ path: { id } }))
  const { title, ...labels } = words.emailAccounts.limits
  const number = new Intl.NumberFormat(language)
  return (
    <Section title={title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={3} height={20} />}
      {data && (
        <Facts
          facts={[
            [labels.message, sizeWords(data.messageBytes)],
            [labels.attachment, sizeWords(data.attachmentBytes)],
            [labels.body, sizeWords(data.bodyBytes)],
            [labels.attachments, number.format(data.attachments)],
            [labels.recipients, number.format(data.recipients)],
          ]}
        />
      )}
    </Section>
  )
}
