import { version } from '../../../package.json'
import type { EmailAccount } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { latestOf } from './account-counts.ts'

const text = words.overview

/** The last mail of all mailboxes, and the version. */
export function TrafficSection({ accounts }: { accounts: readonly EmailAccount[] }) {
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
          [text.version, version],
        ]}
      />
    </Section>
  )
}
