import { VisuallyHidden } from '@mantine/core'
import { IconArrowBackUp, IconPaperclip, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ListedDraft } from '../../../api/client.ts'
import { IconButton } from '../../../components/icon-button.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { displayName } from '../display-names.ts'
import type { InboxSearch } from '../inbox-search.ts'
import { previewText } from '../preview-text.ts'
import classes from './drafts.module.css'

const MOST_NAMES = 4

interface DraftRowProps {
  draft: ListedDraft
  /** It is in the composer. */
  current: boolean
  onDiscard: () => void
}

/** One draft: recipients, time, subject and first words. */
export function DraftRow({ draft, current, onDiscard }: DraftRowProps) {
  const { id, conversationId, content, preview, attachments, updatedAt } = draft
  const [drafts, inbox] = [words.drafts, words.inbox]
  const recipients = [...content.to, ...content.cc, ...content.bcc]
  const subject = content.subject || inbox.noSubject
  const target = {
    className: classes.row,
    'aria-current': current || undefined,
    'data-current': current || undefined,
    preload: false as const,
    search: (now: InboxSearch) => ({ ...now, draft: id }),
    children: (
      <>
        <span className={classes.line}>
          <span className={classes.who} dir="auto">
            {recipients.length === 0
              ? drafts.noRecipients
              : recipients.slice(0, MOST_NAMES).map(displayName).join(', ') +
                (recipients.length > MOST_NAMES ? ' …' : '')}
          </span>
          <span className={classes.when}>
            <Time at={updatedAt} short />
          </span>
        </span>
        <span className={classes.line}>
          {conversationId !== undefined && (
            <span className={classes.sign} title={drafts.isReply}>
              <IconArrowBackUp size={14} aria-hidden />
              <VisuallyHidden>{drafts.isReply}</VisuallyHidden>
            </span>
          )}
          <span className={classes.subject} dir="auto">
            {subject}
          </span>
          {attachments.some(({ isInline }) => !isInline) && (
            <span className={classes.sign} title={inbox.hasAttachments}>
              <IconPaperclip size={14} aria-hidden />
              <VisuallyHidden>{inbox.hasAttachments}</VisuallyHidden>
            </span>
          )}
        </span>
        <span className={classes.line}>
          <span className={classes.preview} dir="auto">
            {previewText(preview)}
          </span>
        </span>
      </>
    ),
  }
  return (
    <li className={classes.place}>
      {conversationId === undefined ? (
        <Link to="/inbox" {...target} />
      ) : (
        <Link to="/inbox/$conversationId" params={{ conversationId }} {...target} />
      )}
      <span className={classes.actions}>
        <IconButton label={drafts.discardOne(subject)} Sign={IconTrash} onClick={onDiscard} />
      </span>
    </li>
  )
}
