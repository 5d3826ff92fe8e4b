import type { CustomerNote } from '../../../api/client.ts'

/** Text that is not saved, and the version of the note that it replaces. */
export type WrittenNote = Pick<CustomerNote, 'body' | 'version'>

const unsaved = new Map<string, WrittenNote>()

/** Unsaved texts by conversation. They outlive the panel while the page is open. */
export const unsavedNotes = {
  find: (conversationId: string) => unsaved.get(conversationId),
  /** @returns the changed text */
  change(conversationId: string, change: (now: WrittenNote | undefined) => WrittenNote | undefined) {
    const written = change(unsaved.get(conversationId))
    if (written) unsaved.set(conversationId, written)
    else unsaved.delete(conversationId)
    return written
  },
}

/** Text left to save after `sent` was stored as `saved`: the input during the save. */
export function leftAfterSave(
  written: WrittenNote | undefined,
  sent: WrittenNote,
  saved: WrittenNote,
): WrittenNote | undefined {
  if (written === undefined || written.body.trim() === sent.body) return undefined
  return { body: written.body, version: saved.version }
}

/** The same text after a conflict. It replaces the note of the colleague, which is shown from then on. */
export function onTopOf(theirs: WrittenNote | undefined, written: WrittenNote | undefined): WrittenNote | undefined {
  return written && { body: written.body, version: theirs?.version ?? written.version }
}
