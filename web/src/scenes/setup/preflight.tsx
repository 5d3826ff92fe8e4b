import { Text } from '@mantine/core'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { postEmailAccountsPreflight, type Preflight as Result } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { namedFix } from '../../components/named-fix.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { CheckLines } from './check-lines.tsx'
import { requestKey, type RequestedAccount } from './requested-account.ts'

const text = words.setupAssociate

export type PreflightCheck = Result['checks'][number]

/** Checks access to the mailbox; it stores nothing and leaves no trace there. */
export function usePreflight(wanted: RequestedAccount | undefined): UseQueryResult<Result> {
  return useQuery({
    queryKey: ['preflight', wanted && requestKey(wanted)],
    queryFn: async () => (await postEmailAccountsPreflight({ body: wanted! })).data,
    enabled: wanted !== undefined,
    staleTime: Infinity,
    gcTime: 0,
  })
}

interface PreflightProps {
  preflight: UseQueryResult<Result>
  address: string
  userName: string | undefined
  /** Help for a problem. */
  children?: ReactNode
}

export function Preflight({ preflight, address, userName, children }: PreflightProps) {
  const { data, error, isFetching, refetch } = preflight
  return (
    <Section title={text.checks}>
      {isFetching && (
        <Text size="sm" role="status">
          {text.looking}
        </Text>
      )}
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data ? (
        <PreflightChecks checks={data.checks} address={address} userName={userName} />
      ) : (
        !error && <LoadingRows rows={4} height={24} />
      )}
      {children}
    </Section>
  )
}

interface PreflightChecksProps {
  checks: readonly PreflightCheck[]
  /** Address of the mailbox and user name of its principal, which fixes name. */
  address: string
  userName: string | undefined
  sendAction?: ReactNode
}

/** One line per capability of the mailbox. `sendAction` checks the one that needs an email. */
export function PreflightChecks({ checks, address, userName, sendAction }: PreflightChecksProps) {
  return (
    <CheckLines
      label={text.checks}
      lines={checks.map(({ what, outcome, scope, title, detail, fix }) => ({
        key: what,
        outcome,
        title: (outcome === 'wrong' ? title : undefined) ?? text.what[what],
        sentences:
          what === 'sends' && outcome === 'not-tried' && title === undefined && !sendAction
            ? [text.sendsLater]
            : [
                outcome === 'wrong' ? undefined : title,
                // The server that was not found or not allowed.
                scope === 'network' ? detail : undefined,
                namedFix(fix, address, userName),
              ],
        action: what === 'sends' && sendAction,
      }))}
    />
  )
}

/** `true` when both required capabilities for an import are present. */
export function opensAndReads(checks: readonly PreflightCheck[]): boolean {
  return checks.every(({ what, outcome }) => outcome !== 'wrong' || (what !== 'exists' && what !== 'reads'))
}
