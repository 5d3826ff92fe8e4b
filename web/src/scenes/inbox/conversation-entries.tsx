import type { Bounce, Message } from '../../api/client.ts'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import { words } from '../../words/index.ts'
import { sentReplies } from './answers.ts'
import type { AnswerKind } from './composer/start-draft.ts'
import { MessageCard } from './message-card.tsx'
import { NoteCard } from './note-card.tsx'
import { SubmissionCard } from './submission-card.tsx'
import { drawnFirst, openAtFirst, type ConversationView, type Entry } from './entries.ts'

interface ConversationEntriesProps {
  view: ConversationView
  entries: readonly Entry[]
  personName: (id: string) => string
  onAnswer: (messageId: string, kind: AnswerKind) => void
  onSplit: (message: Message) => void
}

const NO_BOUNCES: readonly Bounce[] = []

/** Expanded entries stay expanded while others read, answer and write: only the user collapses them. */
export const ConversationEntries = memo(function ConversationEntries({
  view,
  entries,
  personName,
  onAnswer,
  onSplit,
}: ConversationEntriesProps) {
  const [known] = useState(() => new Set(view.messages.map(({ id }) => id)))
  const [beginning] = useState(() => view.messages[0]?.receivedAt)
  const [openFirst] = useState(() => openAtFirst(view))
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const answers = useMemo(() => new Map(sentReplies(view).map((answer) => [answer.messageId, answer])), [view])
  const sentBy = (id: string) => {
    const answer = answers.get(id)
    if (!answer) return undefined
    const name = personName(answer.by)
    const { answeredBy, writtenBy } = words.inbox
    return { name, words: (answer.isFirst ? writtenBy : answeredBy)(name) }
  }
  // Entries that arrived since the last visit are expanded; earlier ones show their first line.
  const cameSince = ({ id, at }: Entry) => !known.has(id) && (beginning === undefined || at >= beginning)
  // The reason of a failed delivery is in the expanded message.
  const isUndelivered = ({ id }: Entry) => (view.bounces[id]?.length ?? 0) > 0
  const isOpen = (entry: Entry) =>
    toggled.get(entry.id) ?? (openFirst.has(entry.id) || cameSince(entry) || isUndelivered(entry))

  // A long conversation is read at once; entries above and below are drawn after the text.
  const [first] = useState(() => drawnFirst(entries))
  const isWhole = useDeferredValue(true, false)
  const shown = isWhole ? entries : entries.filter(({ id }) => first.has(id))

  return shown.map((entry) => {
    const { id } = entry
    switch (entry.kind) {
      case 'message':
        return (
          <MessageCard
            key={id}
            message={entry.message}
            body={view.bodies[id]}
            conversationSubject={view.conversation.subject}
            sentBy={sentBy(id)}
            open={isOpen(entry)}
            onToggle={() => setToggled(new Map(toggled).set(id, !isOpen(entry)))}
            onAnswer={(kind) => onAnswer(id, kind)}
            bounces={view.bounces[id] ?? NO_BOUNCES}
            onSplit={view.messages.length > 1 ? () => onSplit(entry.message) : undefined}
          />
        )
      case 'note':
        return <NoteCard key={id} note={entry.note} personName={personName} />
      case 'submission':
        return (
          <SubmissionCard key={id} submission={entry.submission} author={personName(entry.submission.submittedBy)} />
        )
    }
  })
})
