/**
 * Drafts that were begun in this window and in which nothing was written yet. Most of them are here alone: the server gets
 * a draft with the first input. What it has got of them, such as copied attachments, goes when they are closed.
 */
import type { Draft } from '../../../api/client.ts'

const begun = new Set<string>()
const attachmentsOf = new Map<string, string>()
const local = new Map<string, Draft>()
const STORED_AS = 'postkey.begun.'

export const justStarted = {
  add: (draftId: string) => void begun.add(draftId),
  has: (draftId: string) => begun.has(draftId),
  /** Something was written: from now on it is kept. */
  settle: (draftId: string) => void begun.delete(draftId),
}

/** Drafts that the server does not know, by ids that it will take over. */
export const localDrafts = {
  begin(content: Omit<Draft, 'id' | 'authorId' | 'attachments' | 'version' | 'updatedAt'>): Draft {
    const draft = { ...content, id: newDraftId(), authorId: '', attachments: [], version: 0, updatedAt: '' }
    local.set(draft.id, draft)
    justStarted.add(draft.id)
    // A page that is loaded again knows by this that its address leads to a draft without a word in it.
    sessionStorage.setItem(STORED_AS + draft.id, '')
    return draft
  },
  find: (draftId: string) => local.get(draftId),
  /** The server has it: its address leads to it from now on. */
  created(draftId: string): void {
    local.delete(draftId)
    sessionStorage.removeItem(STORED_AS + draftId)
  },
  /** Closed without a word in it. Who comes back to its address is told nothing. */
  drop: (draftId: string) => void local.delete(draftId),
  wasBegunHere: (draftId: string) => sessionStorage.getItem(STORED_AS + draftId) !== null,
}

export const comingAlong = {
  add: (draftId: string, messageId: string) => void attachmentsOf.set(draftId, messageId),
  /** The message whose attachments are to come along; told once. */
  take(draftId: string): string | undefined {
    const messageId = attachmentsOf.get(draftId)
    attachmentsOf.delete(draftId)
    return messageId
  },
}

/** UUID version 4 (RFC 9562 §5.4). `crypto.randomUUID` exists on https pages alone. */
function newDraftId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
