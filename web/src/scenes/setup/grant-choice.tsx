import { Group, Stack, Text } from '@mantine/core'
import type { Grant } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { GrantScopes } from './grant-scopes.tsx'
import type { RequestedAddress } from './requested-address.ts'

const text = words.setupAuthenticate

/** Existing sign-ins, which can open another mailbox without a new sign-in. */
export function GrantChoice({ grants, wanted }: { grants: readonly Grant[]; wanted: RequestedAddress }) {
  if (grants.length === 0) return undefined
  return (
    <Section title={text.grants}>
      <Text size="sm" c="dimmed">
        {text.again}
      </Text>
      {grants.map((grant) => (
        <Stack key={grant.id} gap="xs">
          <Group justify="space-between">
            <div>
              <Text fw={500}>{grant.displayName}</Text>
              <Text size="sm" c="dimmed">
                {grant.userName} · {grant.ended ? text.ended : text.since}{' '}
                <Time at={grant.ended?.at ?? grant.createdAt} />
              </Text>
            </div>
            {!grant.ended && (
              <ButtonLink
                to="/set-up"
                search={{
                  step: 'd',
                  provider: grant.cloudProviderId,
                  grant: grant.id,
                  ...(wanted.address !== '' && { address: wanted.address.trim() }),
                  ...(wanted.kind && { kind: wanted.kind }),
                }}
                variant="default"
                aria-label={text.use(grant.displayName)}
              >
                {text.useShort}
              </ButtonLink>
            )}
          </Group>
          <GrantScopes grant={grant} />
        </Stack>
      ))}
    </Section>
  )
}
