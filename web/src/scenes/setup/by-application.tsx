import { Group, Text } from '@mantine/core'
import { IconCircleCheck, IconHourglass } from '@tabler/icons-react'
import type { CloudProvider } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { APPLICATION } from './associate-form.tsx'
import { CheckAgain } from './check-again.tsx'
import { mayOpenByItself } from './path-state.ts'
import type { RequestedAddress } from './requested-address.ts'

const text = words.setupByApplication

/** No sign-in is needed where the application opens mailboxes; for every mailbox, an Entra admin consents first. */
export function ByApplication({ provider, wanted }: { provider: CloudProvider; wanted: RequestedAddress }) {
  if (provider.application === undefined) return undefined
  const isReady = mayOpenByItself(provider)
  const Sign = isReady ? IconCircleCheck : IconHourglass
  const { address, kind } = wanted
  return (
    <Section title={text.title}>
      <Text size="sm">{text.sentence}</Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Sign size={20} aria-hidden style={{ flexShrink: 0 }} />
        <Text size="sm">{isReady ? text.ready[provider.application] : text.consent}</Text>
      </Group>
      <Group>
        <ButtonLink
          to="/set-up"
          search={{
            step: 'd',
            provider: provider.id,
            grant: APPLICATION,
            ...(address !== '' && { address }),
            ...(kind && { kind }),
          }}
          {...(!isReady && { variant: 'default' })}
        >
          {text.goOn}
        </ButtonLink>
        {!isReady && <CheckAgain providerId={provider.id} label={text.consented} />}
      </Group>
    </Section>
  )
}
