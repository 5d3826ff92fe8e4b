import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  getCloudProvidersIdCredentialsOptions,
  getCloudProvidersOptions,
  type CloudProvider,
  type ProviderCredential,
} from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { language, words } from '../../words/index.ts'
import { credentialNames } from '../cloud-providers/credential-names.ts'
import { ExpiryBadge } from '../cloud-providers/expiry-badge.tsx'
import { listExpiring } from './expiry-list.ts'

const text = words.overview

/** Secrets and certificates that expire within 60 days, the next one first. */
export function ExpirySection() {
  const providers = useQuery(getCloudProvidersOptions())
  const all = providers.data?.cloudProviders
  const credentials = useQueries({
    queries: (all ?? []).map(({ id }) => getCloudProvidersIdCredentialsOptions({ path: { id } })),
  })
  const of = (n: number) => credentials[n]?.data?.credentials
  const unread = (all ?? []).filter((_, n) => credentials[n]?.error)
  const isLoaded = all !== undefined && credentials.every(({ isPending }) => !isPending)
  const expiring = listExpiring(
    (all ?? []).flatMap((provider, n) => of(n)?.map((credential) => ({ provider, credential })) ?? []),
    clock.now(),
  )
  return (
    <Section
      title={text.expiry}
      actions={
        <ButtonLink to="/cloud-providers" search={{}} size="xs" variant="default">
          {text.show}
        </ButtonLink>
      }
    >
      {providers.error && <ProblemNotice error={providers.error} onRetry={() => void providers.refetch()} />}
      {!isLoaded && !providers.error && <LoadingRows rows={1} height={40} />}
      {isLoaded && all.length === 0 && <Text size="sm">{text.noProvider}</Text>}
      {isLoaded && all.length > 0 && expiring.length === 0 && unread.length < all.length && (
        <Text size="sm">{text.noExpiry}</Text>
      )}
      <Stack gap="xs">
        {expiring.map(({ provider, credential }) => (
          <Expiring
            key={credential.id}
            provider={provider}
            credential={credential}
            siblings={of(all!.indexOf(provider)) ?? []}
          />
        ))}
      </Stack>
      {unread.length > 0 && (
        <Text size="sm" c="error">
          {text.unread(new Intl.ListFormat(language).format(unread.map(({ name }) => name)))}
        </Text>
      )}
    </Section>
  )
}

interface ExpiringProps {
  provider: CloudProvider
  credential: ProviderCredential
  /** All credentials of the provider, which tell apart those with the same name. */
  siblings: readonly ProviderCredential[]
}

function Expiring({ provider: { id, name }, credential, siblings }: ExpiringProps) {
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Anchor component={Link} to={`/cloud-providers/${id}?tab=credentials`} size="sm" fw={600}>
          {name}
        </Anchor>
        <Text size="sm" c="dimmed">
          {credentialNames(siblings).get(credential.id)}
        </Text>
      </div>
      <ExpiryBadge expiresAt={credential.expiresAt} />
    </Group>
  )
}
