import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getCloudProvidersIdOptions, type EmailAccount } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ChangeRoad, type OtherRoad } from './change-road.tsx'

const text = words.roads

/** How mail comes and goes, why in this way, and the other way for each direction. */
export function RoadsSection({ account }: { account: EmailAccount }) {
  const { push, cloudProviderId, receivesBy, sendsBy, state } = account
  const provider = useQuery(getCloudProvidersIdOptions({ path: { id: cloudProviderId } }))
  // Nothing can be tried on a mailbox that is paused.
  const mayChange = state !== 'paused'
  return (
    <Section title={text.title}>
      <Facts
        facts={[
          [
            text.in,
            <Road
              key="in"
              name={text.names[receivesBy]}
              why={text.why.in[receivesBy]}
              account={account}
              other={
                mayChange
                  ? { direction: 'in', now: receivesBy, next: receivesBy === 'graph' ? 'imap' : 'graph' }
                  : undefined
              }
            />,
          ],
          [
            text.out,
            <Road
              key="out"
              name={text.names[sendsBy]}
              why={text.why.out[sendsBy]}
              account={account}
              other={undefined}
            />,
          ],
          [text.push, receivesBy === 'imap' ? text.idle : text.pushes[push.state]],
          [
            text.provider,
            provider.data && (
              <Anchor component={Link} to={`/cloud-providers/${cloudProviderId}`} size="sm">
                {provider.data.name}
              </Anchor>
            ),
          ],
        ]}
      />
      {receivesBy === 'graph' && push.reason && (
        <Text size="sm" c="dimmed">
          {push.reason.title}. {push.reason.fix}
        </Text>
      )}
    </Section>
  )
}

interface RoadProps {
  name: string
  why: string
  account: EmailAccount
  other: OtherRoad | undefined
}

function Road({ name, why, account, other }: RoadProps) {
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm">{name}</Text>
        {other && <ChangeRoad account={account} other={other} />}
      </Group>
      <Text size="xs" c="dimmed">
        {why}
      </Text>
    </Stack>
  )
}
