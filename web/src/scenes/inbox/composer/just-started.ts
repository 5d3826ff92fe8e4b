/**
 * Drafts that were begun in this window and in which nothing was written yet. They go when they are closed, so that
 * looking at an answer leaves nothing behind; and a forward still has to take its attachments along.
 */
export interface Beginning {
  /** The message whose attachments are to come along. */
  attachmentsOf?: string
}

const beginnings = new Map<string, Beginning>()

export const justStarted = {
  add: (draftId: string, beginning: Beginning = {}) => void beginnings.set(draftId, beginning),
  of: (draftId: string) => beginnings.get(draftId),
  /** Something was written: from now on it is kept. */
  settle: (draftId: string) => void beginnings.delete(draftId),
}
