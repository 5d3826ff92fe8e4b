/** Entries of a conversation, oldest first, and those expanded at first. */
import type { Message, Note, Submission } from '../../api/client.ts'
import type { ConversationView } from '../../api/conversation.ts'

export type { ConversationView }

/** More than a screen shows. */
const DRAWN_BEFORE = 8
const DRAWN_AFTER = 8

export type Entry =
  | { kind: 'message'; id: string; at: string; message: Message }
  | { kind: 'note'; id: string; at: string; note: Note }
  | { kind: 'submission'; id: string; at: string; submission: Submission }

/** Without notes that are older than the loaded messages: they appear with the messages of their time. */
export function listEntries({ messages, notes, submissions, earlier }: ConversationView): Entry[] {
  const from = earlier && messages[0] ? Date.parse(messages[0].receivedAt) : -Infinity
  const entries: Entry[] = [
    ...messages.map((message) => ({ kind: 'message' as const, id: message.id, at: message.receivedAt, message })),
    ...notes
      .filter(({ createdAt }) => Date.parse(createdAt) >= from)
      .map((note) => ({ kind: 'note' as const, id: note.id, at: note.createdAt, note })),
    ...submissions
      // A canceled submission is a draft again.
      .filter(({ state }) => state !== 'canceled')
      .map((submission) => ({ kind: 'submission' as const, id: submission.id, at: submission.createdAt, submission })),
  ]
  return entries.sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

/** The newest message, and all unread ones. */
export function openAtFirst({ messages }: Pick<ConversationView, 'messages'>): ReadonlySet<string> {
  const open = messages.filter(({ unread }) => unread).map(({ id }) => id)
  const newest = messages.at(-1)
  return new Set(newest ? [...open, newest.id] : open)
}

/** Start of reading: the first unread entry, else the last one. */
export function beginsAt(entries: readonly Entry[]): string | undefined {
  const unread = entries.find((entry) => entry.kind === 'message' && entry.message.unread)
  return (unread ?? entries.at(-1))?.id
}

/** Entries around the start of reading. */
export function drawnFirst(entries: readonly Entry[]): ReadonlySet<string> {
  const start = beginsAt(entries)
  const at = entries.findIndex(({ id }) => id === start)
  return new Set(entries.slice(Math.max(0, at - DRAWN_BEFORE), at + DRAWN_AFTER).map(({ id }) => id))
}

/** The message that `r` answers: the newest. */
export function answeredBy({ messages }: Pick<ConversationView, 'messages'>): string | undefined {
  return messages.at(-1)?.id
}
