import { useQuery } from '@tanstack/react-query'
import { getHealthzOptions, type EmailAccount } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { latestOf } from './account-counts.ts'

const text = words.overview

/** The last mail of all mailboxes, and the version of the server. */
export function TrafficSection({ accounts }: { accounts: readonly EmailAccount[] }) {
  const { data: health } = useQuery(getHealthzOptions())
  const received = latestOf(accounts.map(({ lastReceivedAt }) => lastReceivedAt))
  const sent = latestOf(accounts.map(({ lastSentAt }) => lastSentAt))
  return (
    <Section
      title={text.traffic}
      actions={
        <ButtonLink to="/settings" search={{}} size="xs" variant="default">
          {text.about}
        </ButtonLink>
      }
    >
      <Facts
        facts={[
          [text.lastIn, received ? <Time key="in" at={received} /> : text.none],
          [text.lastOut, sent ? <Time key="out" at={sent} /> : text.none],
          [text.version, health?.version],
        ]}
      />
    </Section>
  )
}
