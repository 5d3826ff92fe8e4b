import { Anchor, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { getEmailAccountsIdOptions, type AccountHealth, type EmailAccount } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { language, words } from '../../words/index.ts'
import { QuarantineLink } from '../quarantine/quarantine-link.tsx'
import { AccountKey } from '../email-accounts/account-row.tsx'
import { DayFigures } from './day-figures.tsx'
import { DayStrip, Legend } from './day-strip.tsx'
import { dayWords, neighbor, type Day } from './day.ts'
import { EventsSection } from './events-section.tsx'
import { ChartLegend, LatencyChart } from './latency-chart.tsx'
import { SlotsSection } from './slots-section.tsx'
import { useHealth } from './use-health.ts'

/** Health of one mailbox on one day. */
export function HealthPage() {
  const { role } = useMe()
  const isAdmin = role === 'admin'
  const { emailAccountId } = useParams({ strict: false })
  const { day: wanted } = useSearch({ strict: false })
  const id = emailAccountId!
  const account = useQuery(getEmailAccountsIdOptions({ path: { id } }))
  const { data, error, refetch, day, today } = useHealth(id, wanted)
  const texts = words.health
  return (
    <Page
      title={account.data ? texts.of(account.data.name) : texts.title}
      actions={
        <Group gap="md">
          {isAdmin && <QuarantineLink id={id} />}
          {isAdmin ? (
            <Anchor component={Link} to={`/email-accounts/${id}`} size="sm">
              {account.data?.name ?? words.emailAccounts.title}
            </Anchor>
          ) : (
            <Anchor component={Link} to="/figures" size="sm">
              {role === 'auditor' ? words.shell.health : words.shell.figures}
            </Anchor>
          )}
        </Group>
      }
    >
      {account.data && (
        <Group gap="xs">
          <AccountKey value={account.data.key} />
          <Text c="dimmed">{account.data.address}</Text>
        </Group>
      )}
      <DayChoice id={id} day={day} today={today} />
      {(account.error ?? error) && (
        <ProblemNotice
          error={account.error ?? error}
          onRetry={() => void Promise.all([account.refetch(), refetch()])}
        />
      )}
      {!data && !error && <LoadingRows rows={3} height={160} />}
      {data && account.data && <HealthOfDay health={data} account={account.data} />}
    </Page>
  )
}

function DayChoice({ id, day, today }: { id: string; day: Day; today: Day }) {
  const { previous, next, today: toToday } = words.health
  const to = '/email-accounts/$emailAccountId/health'
  const params = { emailAccountId: id }
  return (
    <Group gap="xs" component="nav" aria-label={words.health.day}>
      <ButtonLink
        {...{ to, params, search: { day: neighbor(day, -1) } }}
        variant="default"
        size="xs"
        leftSection={<IconChevronLeft size={14} aria-hidden />}
      >
        {previous}
      </ButtonLink>
      <Text fw={600} role="status">
        {dayWords(day, language)}
      </Text>
      {day < today && (
        <>
          <ButtonLink
            {...{ to, params, search: { day: neighbor(day, 1) } }}
            variant="default"
            size="xs"
            rightSection={<IconChevronRight size={14} aria-hidden />}
          >
            {next}
          </ButtonLink>
          <ButtonLink {...{ to, params, search: {} }} variant="subtle" size="xs">
            {toToday}
          </ButtonLink>
        </>
      )}
    </Group>
  )
}

function HealthOfDay({ health, account }: { health: AccountHealth; account: EmailAccount }) {
  const { lanes, chart, before, future } = words.health
  if (health.states.length === 0) return <Text>{health.now < health.from ? future : before}</Text>
  return (
    <>
      <Section title={lanes.title}>
        <DayStrip health={health}>
          <LatencyChart health={health} name={lanes.receiving} of="receiving" none={chart.noneIn} />
          <LatencyChart health={health} name={lanes.sending} of="seen" none={chart.noneOut} />
        </DayStrip>
        <Group gap="lg">
          <Legend health={health} />
          {health.slots.length > 0 && <ChartLegend />}
        </Group>
        <Text size="xs" c="dimmed">
          {lanes.receiving}: {chart.receiving} {lanes.sending}: {chart.sending}
        </Text>
        <DayFigures health={health} />
      </Section>
      <EventsSection health={health} account={account} />
      <SlotsSection health={health} />
    </>
  )
}
