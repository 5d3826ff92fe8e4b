import { Badge, Button, Group } from '@mantine/core'
import { IconArrowBackUp, IconArrowBackUpDouble, IconArrowForwardUp, IconChevronDown, IconChevronRight, IconMailX, IconPaperclip } from '@tabler/icons-react' // prettier-ignore
import type { Bounce, Message, ShownBody } from '../../api/client.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { exactTime } from '../../components/time-text.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { Attachments } from './attachments.tsx'
import type { AnswerKind } from './composer/start-draft.ts'
import { MessageBadges, senderFacts } from './marks/message-badges.tsx'
import { MessageNotices, SourceLink } from './marks/message-notices.tsx'
import { MessageBody } from './message-body.tsx'
import classes from './message.module.css'
import { fullName, listName } from './display-names.ts'
import { otherSubject } from './other-subject.ts'

interface MessageCardProps {
  message: Message
  /** Text that came with the conversation. */
  body: ShownBody | undefined
  /** Subject of its conversation, which is the title of the page. */
  conversationSubject: string
  /** Author, when it was sent from here. */
  sentWords: string | undefined
  open: boolean
  onToggle: () => void
  onAnswer: (kind: AnswerKind) => void
  /** Bounces of servers for a message we sent. */
  bounces: readonly Bounce[]
  /** Absent when nothing would be left. */
  onSplit: (() => void) | undefined
}

/** One message: one line when collapsed, else complete. */
export function MessageCard(props: MessageCardProps) {
  const { message, body, conversationSubject, sentWords, open, onToggle, onAnswer, bounces, onSplit } = props
  const { id, from, sender, preview, receivedAt, unread, hasAttachments, presence, direction } = message
  const inbox = words.inbox
  const author = from ?? sender
  const isMisleading = message.warnings.some(({ kind }) => MISLEADING.has(kind))
  const name = author ? listName({ ...author, isMisleading }) : inbox.unknownSender
  const Sign = open ? IconChevronDown : IconChevronRight
  return (
    <article
      id={`entry-${id}`}
      className={classes.card}
      data-folded={!open || undefined}
      aria-label={inbox.messageOf(name)}
    >
      <button type="button" className={classes.head} aria-expanded={open} onClick={onToggle}>
        <Sign size={14} aria-hidden style={{ flex: 'none' }} />
        <span className={classes.from} dir="auto">
          {name}
        </span>
        {direction === 'out' && <Word>{sentWords ?? inbox.ours}</Word>}
        {unread && <Word strong>{inbox.unread}</Word>}
        {(presence === 'gone' || presence === 'elsewhere') && <Word>{inbox.presence[presence]}</Word>}
        {bounces.length > 0 && (
          <SignBadge color="red" Sign={IconMailX}>
            {words.marks.bounce.title(hasFailed(bounces))}
          </SignBadge>
        )}
        {!open && <MessageBadges message={message} />}
        <span className={classes.first} dir="auto">
          {!open && preview}
        </span>
        {!open && hasAttachments && <IconPaperclip size={14} role="img" aria-label={inbox.attachments} />}
        <span className={classes.time}>
          <Time at={receivedAt} />
        </span>
      </button>
      {open && (
        <div className={classes.body}>
          <Addresses
            message={message}
            isConfirmed={isConfirmed(message)}
            isMisleading={isMisleading}
            subject={otherSubject(message.subject, conversationSubject)}
          />
          <Group gap="xs" mb="xs" className={classes.badges}>
            <MessageBadges message={message} />
          </Group>
          <MessageNotices message={message} bounces={bounces} />
          <MessageBody id={id} from={name} body={body} />
          {hasAttachments && <Attachments messageId={id} />}
          <Group gap="xs" mt="sm">
            <Answer kind="reply" Sign={IconArrowBackUp} onAnswer={onAnswer} />
            <Answer kind="reply-all" Sign={IconArrowBackUpDouble} onAnswer={onAnswer} />
            <Answer kind="forward" Sign={IconArrowForwardUp} onAnswer={onAnswer} />
            {onSplit && (
              <Button size="compact-sm" variant="default" onClick={onSplit}>
                {words.marks.splitFrom.act}
              </Button>
            )}
            {!message.marks.quarantine && <SourceLink message={message} />}
          </Group>
        </div>
      )}
    </article>
  )
}

/** Warnings after which the name is not trusted. */
const MISLEADING: ReadonlySet<string> = new Set(['several_senders', 'name_shows_address', 'lookalike_domain'])

function isConfirmed({ marks, warnings }: Message): boolean {
  return marks.authentication?.verdict === 'pass' && !warnings.some(({ kind }) => MISLEADING.has(kind))
}

function hasFailed(bounces: readonly Bounce[]): boolean {
  return bounces.some(({ recipients }) => recipients.some(({ action }) => action === 'failed'))
}

function Answer(props: { kind: AnswerKind; Sign: typeof IconArrowBackUp; onAnswer: (kind: AnswerKind) => void }) {
  const { kind, Sign, onAnswer } = props
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Sign size={14} aria-hidden />}
      onClick={() => onAnswer(kind)}
    >
      {words.inbox.answers[kind]}
    </Button>
  )
}

interface AddressesProps {
  message: Message
  isConfirmed: boolean
  isMisleading: boolean
  subject: string | undefined
}

function Addresses({ message, isConfirmed, isMisleading, subject }: AddressesProps) {
  const { from, sender, to, cc, bcc, receivedAt, sentAt, marks } = message
  const inbox = words.inbox
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

function Word({ children, strong = false }: { children: string; strong?: boolean }) {
  return (
    <Badge
      variant={strong ? 'filled' : 'default'}
      size="sm"
      radius="sm"
      tt="none"
      title={children}
      style={{ flex: '0 1 auto', minWidth: 40 }}
    >
      {children}
    </Badge>
  )
}
