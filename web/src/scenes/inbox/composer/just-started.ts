/**
 * Drafts that were begun in this window and in which nothing was written yet. They go when they are closed, so that
 * looking at an answer leaves nothing behind; and a forward still has to take its attachments along.
 */
const begun = new Set<string>()
const attachmentsOf = new Map<string, string>()

export const justStarted = {
  add: (draftId: string) => void begun.add(draftId),
  has: (draftId: string) => begun.has(draftId),
  /** Something was written: from now on it is kept. */
  settle: (draftId: string) => void begun.delete(draftId),
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
