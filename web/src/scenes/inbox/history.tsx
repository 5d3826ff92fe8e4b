import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEventsListOptions, type Event } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import classes from './details.module.css'

const MOST_SHOWN = 30

/** What became of the conversation and by whom, newest first. */
export function History({ id, nameOf }: { id: string; nameOf: (id: string) => string }) {
  const { data } = useQuery(getEventsListOptions({ query: { subjectId: id, limit: 500 } }))
  const lines = (data?.events ?? []).flatMap((event) => {
    const line = lineOf(event, nameOf)
    return line === undefined ? [] : [{ ...event, line }]
  })
  return (
    <ul className={classes.plain}>
      {lines
        .slice(-MOST_SHOWN)
        .reverse()
        .map(({ id: number, line, at }) => (
          <li key={number}>
            <Text size="sm">
              {line}{' '}
              <Text span size="xs" c="dimmed">
                <Time at={at} />
              </Text>
            </Text>
          </li>
        ))}
    </ul>
  )
}

function lineOf({ kind, payload }: Event, nameOf: (id: string) => string): string | undefined {
  const { history } = words.inbox
  const by = typeof payload['by'] === 'string' ? payload['by'] : ''
  const who = by.startsWith('api-key:') ? history.program : nameOf(by.replace(/^person:/, ''))
  const { assigneeId } = payload
  switch (kind) {
    case 'conversation.created':
      return history.created
    case 'conversation.assigned':
      if (typeof assigneeId !== 'string') return history.unassigned(who)
      return by === `person:${assigneeId}` ? history.took(who) : history.assigned(who, nameOf(assigneeId))
    case 'conversation.closed':
      return history.closed(who)
    case 'conversation.reopened':
      return by === 'message' ? history.reopenedByMail : history.reopened(who)
    case 'conversation.noted':
      return history.noted(who)
    case 'conversation.seen':
      return history.seen(who)
    default:
      return undefined
  }
}
