import { Anchor, Checkbox, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getPeopleOptions, putPeopleIdMembershipsMutation, type EmailAccount } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { hasAccounts } from '../people/has-accounts.ts'
import { language, words } from '../../words/index.ts'

/** Agents of this mailbox. A change is saved immediately. */
export function AgentsSection({ account }: { account: EmailAccount }) {
  const people = useQuery(getPeopleOptions())
  const refresh = useRefresh('people', 'email-accounts')
  const put = useMutation({ ...putPeopleIdMembershipsMutation(), onSettled: refresh })
  const { title, admins, agents: agentsLabel, noAgents, people: toPeople } = words.emailAccounts.agents
  const everybody = people.data?.people ?? []
  const agents = everybody.filter(({ role }) => hasAccounts(role))
  const names = everybody.filter(({ role }) => role === 'admin').map(({ name }) => name)
  return (
    <Section title={title}>
      {people.error && <ProblemNotice error={people.error} onRetry={() => void people.refetch()} />}
      {people.isPending && <LoadingRows rows={2} height={24} />}
      {people.data && (
        <>
          <Text size="sm" c="dimmed">
            {admins(new Intl.ListFormat(language).format(names))}
          </Text>
          {agents.length === 0 ? (
            <Text size="sm">
              {noAgents}{' '}
              <Anchor component={Link} to="/people" size="sm">
                {toPeople}
              </Anchor>
            </Text>
          ) : (
            <Stack gap={8} role="group" aria-label={agentsLabel} mah={320} style={{ overflowY: 'auto' }}>
              {agents.map(({ id, name, email, emailAccountIds }) => (
                <Checkbox
                  key={id}
                  size="sm"
                  label={name}
                  description={email}
                  checked={emailAccountIds.includes(account.id)}
                  disabled={put.isPending}
                  onChange={({ currentTarget }) => {
                    const others = emailAccountIds.filter((one) => one !== account.id)
                    const after = currentTarget.checked ? [...others, account.id] : others
                    put.mutate({ path: { id }, body: { emailAccountIds: after } })
                  }}
                />
              ))}
            </Stack>
          )}
          {put.error && <ProblemNotice error={put.error} />}
        </>
      )}
    </Section>
  )
}
