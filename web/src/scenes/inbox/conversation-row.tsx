import { VisuallyHidden } from '@mantine/core'
import { IconArrowDownLeft, IconArrowUpRight, IconPaperclip, IconPencil } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo, useState } from 'react'
import type { Conversation, Excerpt, Tag } from '../../api/client.ts'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { Time } from '../../components/time.tsx'
import { tintOf } from '../../components/tint.ts'
import tints from '../../components/tint.module.css'
import { words } from '../../words/index.ts'
import { listName } from './display-names.ts'
import { previewText } from './preview-text.ts'
import { RowActions } from './row-actions.tsx'
import classes from './rows.module.css'
import { statusText } from './use-status.ts'
import { RowTags } from './tags/tag-chip.tsx'
import { tagsOf } from './tags/use-tags.ts'
import { Marked } from './search/marked.tsx'

const MOST_NAMES = 4

interface RowProps {
  conversation: Conversation
  /** Time of the last message; in Sent, of the last sent one. */
  at: string
  accountKey: string | undefined
  /** `false` when all rows belong to one mailbox: its key is then only text for screen readers. */
  showsKey: boolean
  /** Participant to show when there is no other: the mailbox wrote to itself. */
  accountName: string | undefined
  assignee: string | undefined
  /** Author of the latest message, if it was sent from here; `you` for the reader. */
  sentBy: string | undefined
  /** Author of a draft in the conversation; `you` for the reader. */
  draftBy: string | undefined
  isOwnDraft: boolean
  tags: ReadonlyMap<string, Tag>
  current: boolean
  /** Part that a search has found. */
  excerpt: Excerpt | undefined
  /** Found words. */
  pattern: RegExp | undefined
  onFocus: (id: string) => void
  onAssign: (conversation: Conversation) => void
  onSnooze: (conversation: Conversation) => void
  isSelected: boolean
  /** Some rows are selected: a click with Shift selects a range. */
  isSelecting: boolean
  onSelect: (id: string, isRange: boolean) => void
}

/** One conversation of the list: participants, subject, preview, time, assignee. Its actions are drawn once pointed at. */
export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { conversation, accountKey, showsKey, accountName, assignee, tags, current, onFocus, onAssign, onSnooze } =
    props
  const { at, isSelected, isSelecting, onSelect, excerpt, pattern, sentBy, draftBy, isOwnDraft } = props
  const { id, emailAccountId, participants, subject, preview, unread, place, status, needsReply, messageCount } =
    conversation
  const { lastDirection, hasAttachments } = conversation
  const inbox = words.inbox
  const names = participants.slice(0, MOST_NAMES).map(listName)
  const [pointed, setPointed] = useState(false)
  return (
    <>
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: id }}
        className={classes.row}
        data-conversation={id}
        data-unread={unread || undefined}
        data-current={current || undefined}
        data-selected={isSelected || undefined}
        data-selecting={isSelecting || undefined}
        aria-current={current || undefined}
        preload={false}
        onFocus={() => onFocus(id)}
        onPointerEnter={() => setPointed(true)}
        onClick={(event) => {
          if (!event.shiftKey) return
          // Otherwise the browser opens a window.
          event.preventDefault()
          onSelect(id, true)
        }}
      >
        <span className={classes.dot} />
        <InitialsAvatar
          name={names[0] ?? accountName ?? inbox.unknownSender}
          of={participants[0]?.address ?? emailAccountId}
        />
        <span className={classes.texts}>
          <span className={classes.line}>
            <span className={classes.who} dir="auto">
              <Marked text={names.join(', ') || (accountName ?? inbox.unknownSender)} pattern={pattern} />
            </span>
            {messageCount > 1 && (
              <span className={classes.count}>
                {messageCount} <VisuallyHidden>{inbox.messages}</VisuallyHidden>
              </span>
            )}
            <span className={classes.when}>
              <Time at={at} short />
            </span>
          </span>
          <span className={classes.lower}>
            <span className={classes.line}>
              <span className={classes.subject} dir="auto">
                <Marked text={subject || inbox.noSubject} pattern={pattern} />
              </span>
              {unread && <VisuallyHidden>{inbox.unread}</VisuallyHidden>}
              {(status !== 'open' || place !== 'inbox') && (
                <span className={classes.word}>{statusText(conversation)}</span>
              )}
            </span>
            <span className={classes.line}>
              {place === 'inbox' && status === 'open' && needsReply && (
                <span className={classes.direction} title={inbox.needsReply}>
                  <IconArrowDownLeft size={14} aria-hidden />
                  <VisuallyHidden>{inbox.needsReply}</VisuallyHidden>
                </span>
              )}
              {lastDirection === 'out' && excerpt === undefined && sentBy === undefined && (
                <span className={classes.sent} title={inbox.ours}>
                  <IconArrowUpRight size={14} aria-hidden />
                  <VisuallyHidden>{inbox.ours}</VisuallyHidden>
                </span>
              )}
              <span className={classes.preview} dir="auto">
                {sentBy !== undefined && excerpt === undefined && (
                  <>
                    <bdi className={classes.author}>{inbox.lastBy(sentBy)}</bdi>{' '}
                  </>
                )}
                {excerpt && excerpt.kind !== 'text' && (
                  <span className={classes.part}>
                    {excerpt.kind === 'note' ? words.search.inNote : words.search.inFile}{' '}
                  </span>
                )}
                <Marked text={excerpt?.text ?? previewText(preview)} pattern={pattern} />
              </span>
              {draftBy !== undefined && <DraftMark by={draftBy} isOwn={isOwnDraft} />}
              {hasAttachments && (
                <span className={classes.sign} title={inbox.hasAttachments}>
                  <IconPaperclip size={14} aria-hidden />
                  <VisuallyHidden>{inbox.hasAttachments}</VisuallyHidden>
                </span>
              )}
              <RowTags tags={tagsOf(conversation.tagIds, tags)} />
              {accountKey !== undefined && (
                <KeyMark of={emailAccountId} visible={showsKey}>
                  {accountKey}
                </KeyMark>
              )}
              {assignee !== undefined && (
                <span className={classes.assignee} title={inbox.assignedTo(assignee)}>
                  <InitialsAvatar name={assignee} of={conversation.assigneeId ?? assignee} size="small" />
                  <VisuallyHidden>{inbox.assignedTo(assignee)}</VisuallyHidden>
                </span>
              )}
            </span>
          </span>
        </span>
      </Link>
      <input
        type="checkbox"
        className={classes.check}
        // The keyboard has `x`, so it is no further stop of the Tab key.
        tabIndex={-1}
        aria-label={inbox.select(subject || inbox.noSubject)}
        checked={isSelected}
        onChange={() => undefined}
        onClick={(event) => onSelect(id, event.shiftKey)}
      />
      {pointed && <RowActions conversation={conversation} onAssign={onAssign} onSnooze={onSnooze} />}
    </>
  )
})

/** The reader's own draft is a word; that of a colleague a sign, which is no task of the reader. */
function DraftMark({ by, isOwn }: { by: string; isOwn: boolean }) {
  const { draft, draftOf } = words.inbox
  if (isOwn) return <span className={classes.draft}>{draft}</span>
  return (
    <span className={classes.sign} title={draftOf(by)}>
      <IconPencil size={14} aria-hidden />
      <VisuallyHidden>{draftOf(by)}</VisuallyHidden>
    </span>
  )
}

function KeyMark({ of, visible, children }: { of: string; visible: boolean; children: string }) {
  const hidden = <VisuallyHidden>{words.inbox.account}</VisuallyHidden>
  return visible ? (
    <span className={`${classes.key} ${tints.tint}`} data-tint={tintOf(of)}>
      {hidden} {children}
    </span>
  ) : (
    <VisuallyHidden>
      {words.inbox.account} {children}
    </VisuallyHidden>
  )
}
