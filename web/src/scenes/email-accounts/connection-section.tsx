import { Anchor, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getCloudProvidersIdOptions, getGrantsOptions, type EmailAccount } from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ChangeProtocol, alternativeProtocols, type OtherProtocol } from './change-protocol.tsx'

const text = words.connection

/** Protocols for incoming and outgoing mail, with their reasons and alternatives. */
export function ConnectionSection({ account }: { account: EmailAccount }) {
  const { push, cloudProviderId = '', receivesBy, sendsBy, protocolReasons } = account
  const provider = useQuery({
    ...getCloudProvidersIdOptions({ path: { id: cloudProviderId } }),
    enabled: cloudProviderId !== '',
  })
  const grantId = principalGrantId(account)
  const grants = useQuery({ ...getGrantsOptions(), enabled: sendsBy === 'smtp' && grantId !== undefined })
  const sender = grants.data?.grants.find(({ id }) => id === grantId)?.userName
  const { receiving, sending } = alternativeProtocols(account)
  const protocol = (name: string, reason: ProtocolProps['reason'], other: OtherProtocol) => (
    <Protocol key={other.direction} name={name} reason={reason} account={account} other={other} />
  )
  return (
    <Section title={text.title}>
      <Facts
        facts={[
          [text.in, protocol(text.names[receivesBy], protocolReasons.receives, receiving)],
          [text.out, protocol(text.names[sendsBy], protocolReasons.sends, sending)],
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
      {sendsBy === 'smtp' && sender !== undefined && sender !== account.address && (
        <Text size="sm" c="dimmed">
          {text.copies(sender, account.address)}
        </Text>
      )}
      {receivesBy === 'graph' && push.reason && (
        <Text size="sm" c="dimmed">
          {push.reason.title}. {push.reason.fix}
        </Text>
      )}
    </Section>
  )
}

interface ProtocolProps {
  name: string
  reason: EmailAccount['protocolReasons']['receives']
  account: EmailAccount
  other: OtherProtocol
}

/** A switch by Postkey itself, because the other protocol is closed, is shown prominently. */
function Protocol({ name, reason, account, other }: ProtocolProps) {
  const isClosed = reason.kind === 'other-closed'
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm">{name}</Text>
        {/* A paused mailbox can't be checked, and custom mail servers have no alternative protocol. */}
        {account.state !== 'paused' && account.cloudProviderId !== undefined && (
          <ChangeProtocol account={account} other={other} />
        )}
      </Group>
      <Text size={isClosed ? 'sm' : 'xs'} {...(!isClosed && { c: 'dimmed' })}>
        {isClosed && <IconAlertTriangle size={14} aria-hidden style={{ verticalAlign: '-2px', marginInlineEnd: 4 }} />}
        {reason.words} {reason.reason?.fix}
      </Text>
    </Stack>
  )
}
