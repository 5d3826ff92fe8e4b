import { useQuery } from '@tanstack/react-query'
import { getGrantsOptions, type EmailAccount } from '../../api/client.ts'
import { grantOf } from '../../api/grant-of.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { OpenedBy } from './opened-by.tsx'
import { StandBy } from './stand-by.tsx'

/** By whose sign-in the mailbox is opened, and who takes over when that ends. */
export function PeopleSection({ account }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getGrantsOptions())
  const { people } = words.emailAccounts
  return (
    <Section title={people.title}>
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} />}
      {data && (
        <Facts
          facts={[
            [
              people.openedBy,
              <OpenedBy key={grantOf(account) ?? 'application'} account={account} grants={data.grants} />,
            ],
            [
              people.standBy,
              account.kind === 'shared' && account.principal.kind === 'grant' ? (
                <StandBy key={account.standBy?.grantId ?? 'none'} account={account} grants={data.grants} />
              ) : undefined,
            ],
          ]}
        />
      )}
    </Section>
  )
}
