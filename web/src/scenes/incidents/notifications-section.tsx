import { Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock, IconHelp, type Icon } from '@tabler/icons-react'
import type { Alert, AlertDelivery, IncidentWithTimeline } from '../../api/client.ts'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { Warning } from '../../components/warning.tsx'
import { words } from '../../words/index.ts'
import { ToAlertSettings } from './alerts-off-notice.tsx'

const { notifications: text } = words.incidents

const SIGNS: Readonly<Record<AlertDelivery['state'], Icon>> = {
  waiting: IconClock,
  'handing-over': IconClock,
  delivered: IconCheck,
  unclear: IconHelp,
  failed: IconAlertTriangle,
  'not-sent': IconAlertTriangle,
}

/** Notifications of an incident with their channels and results, including none. */
export function NotificationsSection({ incident }: { incident: IncidentWithTimeline }) {
  const { alerts, notifiedByMail, state, forAdmins } = incident
  const nextAt = forAdmins?.nextAlertAt
  return (
    <Section title={text.title}>
      {alerts.length === 0 && <Text size="sm">{text.notYet}</Text>}
      {state === 'open' && nextAt !== undefined && (
        <Text size="sm">
          {forAdmins?.alertedAt === undefined ? text.at : text.next} <Time at={nextAt} />
        </Text>
      )}
      {state === 'open' && alerts.length > 0 && !notifiedByMail && (
        <Warning title={text.noEmail}>
          <ToAlertSettings />
        </Warning>
      )}
      <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={text.list}>
        {alerts.map((alert) => (
          <AlertLine key={alert.id} alert={alert} />
        ))}
      </Stack>
    </Section>
  )
}

function AlertLine({ alert: { subject, createdAt, deliveries } }: { alert: Alert }) {
  return (
    <li>
      <Text size="sm" fw={600}>
        {subject}
      </Text>
      <Text size="xs" c="dimmed">
        <Time at={createdAt} />
      </Text>
      <Stack gap={4} mt={4}>
        {deliveries.map((delivery) => (
          <DeliveryLine key={delivery.id} delivery={delivery} />
        ))}
      </Stack>
    </li>
  )
}

function DeliveryLine({ delivery: { channel, recipient, state, reason, answer, dueAt } }: { delivery: AlertDelivery }) {
  const Sign = SIGNS[state]
  return (
    <div>
      <Text size="sm">
        <Sign size={14} aria-hidden style={{ verticalAlign: '-2px', marginInlineEnd: 6 }} />
        {recipient} {text.channels[channel]}: <b>{text.states[state]}</b>
        {dueAt !== undefined && state === 'waiting' && (
          <>
            {', '}
            {text.nextTry} <Time at={dueAt} />
          </>
        )}
      </Text>
      {state !== 'delivered' && reason && (
        <Text size="xs" c="dimmed">
          {reason.title}. {reason.fix}
        </Text>
      )}
      {state !== 'delivered' && answer !== undefined && (
        <Text size="xs" c="dimmed">
          {text.answer(answer)}
        </Text>
      )}
    </div>
  )
}
