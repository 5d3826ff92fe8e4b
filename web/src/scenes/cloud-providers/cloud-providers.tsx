import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  getCloudProvidersIdCredentialsOptions,
  getCloudProvidersOptions,
  getEmailAccountsOptions,
  getGrantsOptions,
  type CloudProvider,
} from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { words } from '../../words/index.ts'
import { NEW } from '../setup/setup-search.ts'
import { ExpiryBadge } from './expiry-badge.tsx'
import { lastToEnd } from './expiry-dates.ts'

const text = words.cloudProviders
const ROW_HEIGHT = 96

/** All registrations with their states, expiry dates and dependents. */
export function CloudProviders() {
  const { data, error, refetch } = useQuery(getCloudProvidersOptions())
  const providers = data?.cloudProviders
  return (
    <Page
      title={text.title}
      actions={
        providers !== undefined &&
        providers.length > 0 && (
          <ButtonLink
            to="/set-up"
            search={{ step: 'a', provider: NEW }}
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            {text.connect}
          </ButtonLink>
        )
      }
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!providers && !error && <LoadingRows height={ROW_HEIGHT} />}
      {providers?.length === 0 && (
        <EmptyState title={text.empty.title} sentence={text.empty.sentence}>
          <ButtonLink to="/set-up">{text.empty.button}</ButtonLink>
        </EmptyState>
      )}
      {providers !== undefined && providers.length > 0 && (
        <LongList label={text.list} items={providers} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(provider) => <Row provider={provider} />}
        </LongList>
      )}
    </Page>
  )
}

function Row({ provider: { id, name, state, tenantId } }: { provider: CloudProvider }) {
  const { data: grants } = useQuery(getGrantsOptions())
  const { data: accounts } = useQuery(getEmailAccountsOptions())
  const { data: secrets } = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id } }))
  const own = <T extends { cloudProviderId?: string | undefined }>(all: readonly T[]) =>
    all.filter(({ cloudProviderId }) => cloudProviderId === id).length
  const last = secrets && lastToEnd(secrets.credentials)
  return (
    <Paper withBorder p="md" mb="sm">
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Anchor component={Link} to={`/cloud-providers/${id}`} fw={600}>
            {name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {text.tenant} {tenantId}
          </Text>
          <Text size="sm">
            {grants && text.counts.grants(own(grants.grants))}
            {grants && accounts && ' · '}
            {accounts && text.counts.mailboxes(own(accounts.emailAccounts))}
          </Text>
        </Stack>
        <Stack gap={4} align="flex-start">
          <StateBadge state={state} />
          {secrets && (
            <Group gap={6}>
              <Text size="sm" c="dimmed">
                {text.secret}
              </Text>
              {last ? <ExpiryBadge expiresAt={last.expiresAt} /> : <Text size="sm">{words.expiry.ends.missing}</Text>}
            </Group>
          )}
        </Stack>
      </Group>
    </Paper>
  )
}
