import { Anchor, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  getCloudProvidersIdCredentialsOptions,
  getCloudProvidersIdDependentsOptions,
  type CloudProvider,
  type CloudProviderDependents,
} from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { credentialNames } from './credential-names.ts'

const text = words.cloudProviders.dependents

/** Credential in use, its sign-ins, and the mailboxes that depend on each. */
export function ProviderDependents({ provider: { id, workedAt } }: { provider: CloudProvider }) {
  const { data, error, refetch } = useQuery(getCloudProvidersIdDependentsOptions({ path: { id } }))
  const names = credentialNames(
    useQuery(getCloudProvidersIdCredentialsOptions({ path: { id } })).data?.credentials ?? [],
  )
  const used = names.get(data?.credentials.find(({ inUse }) => inUse)?.id ?? '')
  return (
    <Section title={text.title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={2} height={32} />}
      {data && (
        <Stack gap="sm">
          <Text size="sm">{used ? text.inUse(used) : workedAt ? text.refusedNow(isInUse(data)) : text.noneInUse}</Text>
          {data.grants.length === 0 && data.application.length === 0 && <Text size="sm">{text.none}</Text>}
          {data.grants.map((grant) => (
            <PrincipalAccounts
              key={grant.id}
              name={`${grant.displayName} (${grant.userName})`}
              accounts={grant.emailAccounts}
            />
          ))}
          {data.application.length > 0 && <PrincipalAccounts name={text.application} accounts={data.application} />}
        </Stack>
      )}
    </Section>
  )
}

function isInUse({ grants, application }: CloudProviderDependents): boolean {
  return application.length > 0 || grants.some(({ emailAccounts }) => emailAccounts.length > 0)
}

function PrincipalAccounts({ name, accounts }: { name: string; accounts: CloudProviderDependents['application'] }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      {accounts.length === 0 && (
        <Text size="sm" c="dimmed">
          {text.opensNone}
        </Text>
      )}
      {accounts.map((account) => (
        <Text key={account.id} size="sm">
          <Anchor component={Link} to={`/email-accounts/${account.id}`} size="sm">
            {account.address}
          </Anchor>{' '}
          · {account.name}
        </Text>
      ))}
    </div>
  )
}
