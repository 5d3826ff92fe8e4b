import { IconArrowBackUp, IconNote } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { words } from '../../words/index.ts'
import classes from './dock.module.css'

interface AnswerDockProps {
  /** Sender of the message that would be answered. Absent: there is nothing to answer. */
  replyTo: string | undefined
  /** The composer, while a draft is open. */
  composer: ReactNode
  /** The form of a note, while it is open. */
  note: ReactNode
  onReply: () => void
  onNote: () => void
  onCloseNote: () => void
}

/**
 * Below the messages: one line until it is used, then a tab for the reply and one for a note. The composer stays while
 * the note is shown, and keeps its text.
 */
export function AnswerDock({ replyTo, composer, note, onReply, onNote, onCloseNote }: AnswerDockProps) {
  const { dock } = words.inbox
  const [writes, notes] = [composer !== undefined, note !== undefined]
  if (!writes && !notes) {
    return (
      <div className={classes.dock}>
        <div className={classes.line}>
          {replyTo !== undefined && (
            <button type="button" className={classes.start} onClick={onReply}>
              <IconArrowBackUp size={16} aria-hidden />
              <bdi>{dock.replyTo(replyTo)}</bdi>
            </button>
          )}
          <button type="button" className={classes.start} data-kind="note" onClick={onNote}>
            <IconNote size={16} aria-hidden />
            {dock.addNote}
          </button>
        </div>
      </div>
    )
  }
  return (
    <div className={classes.dock}>
      <div className={classes.open} data-kind={notes ? 'note' : undefined}>
        {replyTo !== undefined && (
          <div role="tablist" aria-label={dock.tabs} className={classes.tabs}>
            <Tab selected={!notes} onSelect={writes ? onCloseNote : onReply}>
              {words.inbox.answers.reply}
            </Tab>
            <Tab selected={notes} onSelect={onNote}>
              {words.inbox.note}
            </Tab>
          </div>
        )}
        <div className={classes.content}>
          {note}
          {writes && <div hidden={notes}>{composer}</div>}
        </div>
      </div>
    </div>
  )
}

function Tab({ selected, onSelect, children }: { selected: boolean; onSelect: () => void; children: string }) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={selected}
      className={classes.tab}
      onClick={selected ? undefined : onSelect}
    >
      {children}
    </button>
  )
}
