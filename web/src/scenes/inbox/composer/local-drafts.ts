/**
 * Empty drafts started in this window. Most exist only here: the server receives a draft with its first input. Parts it
 * has already received, such as copied attachments, are deleted when the draft is closed.
 */
import { newId } from '../../../api/new-id.ts'
import type { Draft } from '../../../api/client.ts'

const begun = new Set<string>()
const attachmentsOf = new Map<string, string>()
const local = new Map<string, Draft>()
const STORED_AS = 'postkey.begun.'

export const justStarted = {
  add: (draftId: string) => void begun.add(draftId),
  has: (draftId: string) => begun.has(draftId),
  /** Marks a draft as kept, because it has content. */
  settle: (draftId: string) => void begun.delete(draftId),
}

/** Drafts that are not on the server, with their future ids. */
export const localDrafts = {
  begin(content: Omit<Draft, 'id' | 'authorId' | 'attachments' | 'version' | 'updatedAt'>): Draft {
    const draft = { ...content, id: newId(), authorId: '', attachments: [], version: 0, updatedAt: '' }
    local.set(draft.id, draft)
    justStarted.add(draft.id)
    // After a reload, this marks the address of an empty draft.
    sessionStorage.setItem(STORED_AS + draft.id, '')
    return draft
  },
  find: (draftId: string) => local.get(draftId),
  /** The draft is on the server now. */
  created(draftId: string): void {
    local.delete(draftId)
    sessionStorage.removeItem(STORED_AS + draftId)
  },
  /** Closed while empty. Returning to its address shows nothing. */
  drop: (draftId: string) => void local.delete(draftId),
  /** Undoes `drop`. The keeper has its unsaved content. */
  restore: (draft: Draft) => void local.set(draft.id, draft),
  wasBegunHere: (draftId: string) => sessionStorage.getItem(STORED_AS + draftId) !== null,
}

export const comingAlong = {
  add: (draftId: string, messageId: string) => void attachmentsOf.set(draftId, messageId),
  /** Message whose attachments are copied; returned once. */
  take(draftId: string): string | undefined {
    const messageId = attachmentsOf.get(draftId)
    attachmentsOf.delete(draftId)
    return messageId
  },
}
