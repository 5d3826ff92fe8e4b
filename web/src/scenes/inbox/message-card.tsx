import { Badge, Group, VisuallyHidden } from '@mantine/core'
import { IconMailX, IconPaperclip } from '@tabler/icons-react'
import type { Bounce, Message, ShownBody } from '../../api/client.ts'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { Attachments } from './attachments.tsx'
import type { AnswerKind } from './composer/start-draft.ts'
import { MessageBadges } from './marks/message-badges.tsx'
import { MessageNotices } from './marks/message-notices.tsx'
import { MessageActions } from './message-actions.tsx'
import { MessageBody } from './message-body.tsx'
import { isMisleadingSender, MessageHeaders } from './message-headers.tsx'
import classes from './message.module.css'
import { asciiAddress, listName } from './display-names.ts'
import { otherSubject } from './other-subject.ts'

/** Team member or program that sent it from here. */
interface SentBy {
  name: string
  /** Their action, such as *Olga replied*. */
  words: string
}

interface MessageCardProps {
  message: Message
  /** Text that came with the conversation. */
  body: ShownBody | undefined
  /** Subject of its conversation, which is the title of the page. */
  conversationSubject: string
  /** Author, when it was sent from here. */
  sentBy: SentBy | undefined
  open: boolean
  onToggle: () => void
  onAnswer: (kind: AnswerKind) => void
  /** Bounces of servers for a message we sent. */
  bounces: readonly Bounce[]
  /** Absent when nothing would be left. */
  onSplit: (() => void) | undefined
}

/** One message: one line when collapsed, else complete. Ours is tinted and carries the name of the agent. */
export function MessageCard(props: MessageCardProps) {
  const { message, body, conversationSubject, sentBy, open, onToggle, onAnswer, bounces, onSplit } = props
  const { id, from, sender, preview, receivedAt, unread, hasAttachments, presence, direction } = message
  const inbox = words.inbox
  const author = from ?? sender
  const isMisleading = isMisleadingSender(message)
  const name = author ? listName({ ...author, isMisleading }) : inbox.unknownSender
  const address = author && asciiAddress(author.address)
  return (
    <article
      id={`entry-${id}`}
      className={classes.card}
      data-direction={direction}
      data-folded={!open || undefined}
      aria-label={inbox.messageOf(name)}
    >
      <button type="button" className={classes.head} aria-expanded={open} onClick={onToggle}>
        <InitialsAvatar name={sentBy?.name ?? name} of={sentBy?.name ?? author?.address ?? id} />
        <span className={classes.from} dir="auto" title={sentBy?.words}>
          {sentBy?.name ?? name}
        </span>
        {direction === 'out' && <span className={classes.as}>{sentBy ? name : inbox.ours}</span>}
        {direction === 'in' && open && address !== name && <span className={classes.as}>{address}</span>}
        {unread && (
          <span className={classes.unread}>
            <VisuallyHidden>{inbox.unread}</VisuallyHidden>
          </span>
        )}
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
        <>
          <MessageActions message={message} onAnswer={onAnswer} onSplit={onSplit} />
          <div className={classes.body}>
            <MessageHeaders
              message={message}
              isMisleading={isMisleading}
              subject={otherSubject(message.subject, conversationSubject)}
            />
            <Group gap="xs" mb="xs" className={classes.badges}>
              <MessageBadges message={message} />
            </Group>
            <MessageNotices message={message} bounces={bounces} />
            <MessageBody id={id} from={name} body={body} />
            {hasAttachments && <Attachments messageId={id} />}
          </div>
        </>
      )}
    </article>
  )
}

function hasFailed(bounces: readonly Bounce[]): boolean {
  return bounces.some(({ recipients }) => recipients.some(({ action }) => action === 'failed'))
}

function Word({ children }: { children: string }) {
  return (
    <Badge
      variant="default"
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
