import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getSubmissionsCountsOptions, type EmailAccount, type GetSubmissionsCountsResponse } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { unsentFigure } from '../../components/unsent-figure.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { AccountKey } from '../email-accounts/account-row.tsx'

const text = words.overview
const KINDS = ['failed', 'unknown', 'waiting', 'scheduled'] as const

/** Mailboxes with unsent mail. */
export function UnsentSection({ accounts }: { accounts: readonly EmailAccount[] }) {
  const isAdmin = useMe().role === 'admin'
  const { data, error, refetch } = useQuery(getSubmissionsCountsOptions())
  const unsent = data?.emailAccounts.flatMap((counts) => {
    const account = accounts.find(({ id }) => id === counts.emailAccountId)
    return account ? [{ account, counts }] : []
  })
  return (
    <Section title={text.unsent}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} height={40} />}
      {data?.emailAccounts.length === 0 && <Text size="sm">{text.nothingUnsent}</Text>}
      <Stack gap="xs">
        {unsent?.map(({ account: { id, key, name }, counts }) => (
          <Group key={id} justify="space-between" gap="xs">
            <Group gap="xs">
              <AccountKey value={key} />
              {isAdmin ? (
                <Anchor component={Link} to={`/email-accounts/${id}?tab=sending`} size="sm" fw={600}>
                  {name}
                </Anchor>
              ) : (
                <Text size="sm" fw={600}>
                  {name}
                </Text>
              )}
            </Group>
            <Text size="sm">{inWords(counts)}</Text>
          </Group>
        ))}
      </Stack>
    </Section>
  )
}

function inWords(counts: GetSubmissionsCountsResponse['emailAccounts'][number]): string {
  const parts = KINDS.filter((kind) => counts[kind] > 0).map((kind) =>
    text.counts[kind](counts[kind], unsentFigure(counts[kind])),
  )
  return parts.join(' · ')
}
