import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useId } from 'react'
import type { Message } from '../../api/client.ts'
import { exactTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { displayName, fullName } from './display-names.ts'
import { senderFacts } from './marks/message-badges.tsx'
import classes from './message.module.css'

/** Warnings after which the name is not trusted. */
const MISLEADING: ReadonlySet<string> = new Set(['several_senders', 'name_shows_address', 'lookalike_domain'])
/** Recipients before the rest is only counted. */
const MOST_NAMED = 2

export function isMisleadingSender({ warnings }: Message): boolean {
  return warnings.some(({ kind }) => MISLEADING.has(kind))
}

interface MessageHeadersProps {
  message: Message
  isMisleading: boolean
  /** Absent when it is that of the conversation. */
  subject: string | undefined
}

/** `to support@contoso.example`, which expands to all headers. Expanded from the start when the name misleads. */
export function MessageHeaders({ message, isMisleading, subject }: MessageHeadersProps) {
  const [open, { toggle }] = useDisclosure(isMisleading)
  const id = useId()
  const recipients = [...message.to, ...message.cc, ...message.bcc]
  const named = recipients.slice(0, MOST_NAMED).map(displayName).join(', ')
  const Sign = open ? IconChevronUp : IconChevronDown
  return (
    <div className={classes.headers}>
      <button type="button" className={classes.to} aria-expanded={open} aria-controls={id} onClick={toggle}>
        <span dir="auto">{words.inbox.toWhom(named, recipients.length - MOST_NAMED)}</span>
        <Sign size={12} role="img" aria-label={words.inbox.headers} style={{ flex: 'none' }} />
      </button>
      <div id={id}>{open && <Headers message={message} isMisleading={isMisleading} subject={subject} />}</div>
    </div>
  )
}

function Headers({ message, isMisleading, subject }: MessageHeadersProps) {
  const { from, sender, to, cc, bcc, receivedAt, sentAt, marks } = message
  const inbox = words.inbox
  const isConfirmed = marks.authentication?.verdict === 'pass' && !isMisleading
  const lines = [
    [inbox.from, (marks.senders ?? (from ? [from] : [])).map((one) => ({ ...one, isMisleading }))],
    // Sent by another person: an assistant, or a service in their name.
    [inbox.sentBy, sender && sender.address !== from?.address ? [sender] : []],
    [inbox.to, to],
    [inbox.cc, cc],
    [inbox.bcc, bcc],
  ] as const
  return (
    <dl className={classes.addresses}>
      {lines
        .filter(([, people]) => people.length > 0)
        .map(([name, people]) => [
          <dt key={name}>{name}</dt>,
          <dd key={`${name} who`} dir="auto">
            {people.map(fullName).join(', ')}
          </dd>,
        ])}
      {subject !== undefined && (
        <>
          <dt>{words.composer.subject}</dt>
          <dd dir="auto">{subject}</dd>
        </>
      )}
      {isConfirmed && marks.authentication && (
        <>
          <dt>{words.marks.sender.check}</dt>
          <dd>
            {words.marks.sender.pass} ({senderFacts(marks.authentication)})
          </dd>
        </>
      )}
      <dt>{inbox.at}</dt>
      <dd>{exactTime(new Date(sentAt ?? receivedAt))}</dd>
    </dl>
  )
}
