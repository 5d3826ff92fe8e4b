import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdReconciliationOptions, type EmailAccount } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { QuarantineLink } from '../quarantine/quarantine-link.tsx'
import { language, words } from '../../words/index.ts'

/** Results of reconciliation, the comparison of the mailbox with its server. */
export function ReconciliationSection({ account: { id } }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdReconciliationOptions({ path: { id } }))
  const { title, sentence, never, well, ...labels } = words.emailAccounts.reconciliation
  const number = (count: number) => new Intl.NumberFormat(language).format(count)
  const wasWell = data?.missingFound === 0 && data.leftFound === 0
  return (
    <Section title={title} actions={<QuarantineLink id={id} />}>
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={3} height={20} />}
      {data && !data.comparedAt && <Text size="sm">{never}</Text>}
      {data?.comparedAt && (
        <Facts
          facts={[
            [labels.last, <Time key="last" at={data.comparedAt} />],
            [labels.comparisons, number(data.comparisons)],
            [labels.missingFound, number(data.missingFound)],
            [labels.broughtIn, number(data.broughtIn)],
            [labels.leftFound, number(data.leftFound)],
          ]}
        />
      )}
      {data?.comparedAt && wasWell && <Text size="sm">{well}</Text>}
    </Section>
  )
}
