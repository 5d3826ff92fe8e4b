import { Paper, Text, Title } from '@mantine/core'
import type { Message } from '../../../api/client.ts'
import { Facts } from '../../../components/facts.tsx'
import { language, words } from '../../../words/index.ts'
import { displayName } from '../display-names.ts'

type Invitation = NonNullable<Message['marks']['invitation']>

/** Invitation of a calendar, in the reader's time zone. Nothing is added to a calendar. */
export function InvitationCard({ invitation }: { invitation: Invitation }) {
  const { method, title, place, organizer, attendees, moreAttendees, recurrence } = invitation
  const { invitation: texts } = words.marks
  const people = attendees.map((one) => {
    const answer = texts.answers[one.answer ?? '']
    return answer === undefined ? displayName(one) : `${displayName(one)} (${answer})`
  })
  const invited = [...people, ...(moreAttendees > 0 ? [texts.more(moreAttendees)] : [])].join(', ')
  return (
    <Paper withBorder p="sm" component="section" aria-label={texts.kinds[method]}>
      <Text size="sm" c="dimmed">
        {texts.kinds[method]}
      </Text>
      <Title order={3} size="h5" dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {title || texts.untitled}
      </Title>
      <Facts
        facts={[
          [texts.when, whenWords(invitation)],
          [texts.where, place && <bdi>{place}</bdi>],
          [texts.repeats, recurrence],
          [texts.organizer, organizer && <bdi>{displayName(organizer)}</bdi>],
          [texts.attendees, invited === '' ? undefined : invited],
        ]}
      />
      {method === 'request' && (
        <Text size="sm" c="dimmed">
          {texts.how}
        </Text>
      )}
    </Paper>
  )
}

function whenWords({ startsAt, endsAt, wholeDay, timeZone }: Invitation): string | undefined {
  if (startsAt === undefined) return undefined
  const start = new Date(startsAt)
  if (Number.isNaN(start.getTime())) return startsAt
  // Whole days don't depend on the time zone.
  const format = new Intl.DateTimeFormat(language, wholeDay ? { dateStyle: 'full', timeZone: 'UTC' } : { dateStyle: 'full', timeStyle: 'short' }) // prettier-ignore
  const end = endsAt === undefined ? undefined : new Date(endsAt)
  // The end of whole days is exclusive (RFC 5545 §3.6.1).
  if (end && wholeDay) end.setUTCDate(end.getUTCDate() - 1)
  const spoken = end && end > start ? format.formatRange(start, end) : format.format(start)
  const isOwnZone = timeZone === Intl.DateTimeFormat().resolvedOptions().timeZone
  return timeZone === undefined || isOwnZone ? spoken : `${spoken} (${words.marks.invitation.inZone(timeZone)})`
}
