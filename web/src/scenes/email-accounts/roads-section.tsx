import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getCloudProvidersIdOptions, type EmailAccount } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

/** How mail comes and goes, and why in this way. */
export function RoadsSection({ account }: { account: EmailAccount }) {
  const { push, cloudProviderId } = account
  const provider = useQuery(getCloudProvidersIdOptions({ path: { id: cloudProviderId } }))
  const { roads } = words.emailAccounts
  return (
    <Section title={roads.title}>
      <Facts
        facts={[
          [roads.in, roads.graph],
          [roads.out, roads.graph],
          [roads.push, roads.pushes[push.state]],
          [
            roads.provider,
            provider.data && (
              <Anchor component={Link} to={`/cloud-providers/${cloudProviderId}`} size="sm">
                {provider.data.name}
              </Anchor>
            ),
          ],
        ]}
      />
      {push.reason && (
        <Text size="sm" c="dimmed">
          {push.reason.title}. {push.reason.fix}
        </Text>
      )}
    </Section>
  )
}
