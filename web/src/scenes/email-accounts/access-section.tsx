import { useQuery } from '@tanstack/react-query'
import { getGrantsOptions, type EmailAccount } from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { OpenedBy } from './opened-by.tsx'
import { BackupSignIn } from './backup-sign-in.tsx'

/** Principal of the mailbox, and its backup sign-in. */
export function AccessSection({ account }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getGrantsOptions())
  const text = words.emailAccounts.access
  return (
    <Section title={text.title}>
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} />}
      {data && (
        <Facts
          facts={[
            [
              text.openedBy,
              <OpenedBy key={principalGrantId(account) ?? 'application'} account={account} grants={data.grants} />,
            ],
            [
              text.backup,
              account.kind === 'shared' && account.principal.kind === 'grant' ? (
                <BackupSignIn key={account.backupSignIn?.grantId ?? 'none'} account={account} grants={data.grants} />
              ) : undefined,
            ],
          ]}
        />
      )}
    </Section>
  )
}
