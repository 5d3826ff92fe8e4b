import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { getGrantsIdDependentsOptions, type DependentEmailAccount, type Grant } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { language, words } from '../../words/index.ts'

const text = words.cloudProviders.grants.dependents

/** Mailboxes that depend on a grant, and the effect of its end. */
export function Dependents({ grant: { id, displayName } }: { grant: Grant }) {
  const { data, error, refetch } = useQuery(getGrantsIdDependentsOptions({ path: { id } }))
  if (error && !data) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows rows={1} height={40} />
  const { principalOf, backupFor, isReplacedAt, stops, continues } = data
  return (
    <Facts
      facts={[
        [text.opens, principalOf.length > 0 ? <Linked key="opens" of={principalOf} /> : text.none],
        [text.backupFor, backupFor.length > 0 ? <Linked key="backup" of={backupFor} /> : undefined],
        [text.replacedAt, isReplacedAt.length > 0 ? <Linked key="replaced" of={isReplacedAt} /> : undefined],
        [
          text.leaves(displayName),
          principalOf.length === 0 ? undefined : (
            <Text key="leaves" size="sm">
              {stops.length > 0 && <b>{stops.length === 1 ? text.stops(named(stops)) : text.stop(named(stops))}</b>}{' '}
              {continues.length > 0 &&
                (continues.length === 1 ? text.continues(named(continues)) : text.continue(named(continues)))}
            </Text>
          ),
        ],
      ]}
    />
  )
}

function Linked({ of }: { of: readonly DependentEmailAccount[] }) {
  return of.map(({ id, address }, index) => (
    <Fragment key={id}>
      {index > 0 && ', '}
      <Anchor component={Link} to={`/email-accounts/${id}`} size="sm">
        {address}
      </Anchor>
    </Fragment>
  ))
}

function named(accounts: readonly DependentEmailAccount[]): string {
  return new Intl.ListFormat(language).format(accounts.map(({ address }) => address))
}
