import type { FaultsAsked, Subject } from '../../faults/index.ts'
import type { Condition, MailStore } from '../mail-store/index.ts'

/** What a delta keeps to itself, as long as that fault is on. */
export interface DeltaSilence {
  /** For a link that was followed: whether its news are not told. Shows the fault when there are some. */
  holdsBack(hasNews: boolean): boolean
  /** For a round begun anew: what it lists at most, when something is left out. */
  listed: Condition | undefined
}

export function deltaSilenceOf(
  { faults, mailStore }: { faults: FaultsAsked; mailStore: MailStore },
  subject: Subject,
  folder: { id: string; mailboxId: string },
): DeltaSilence {
  const met = faults.find('graph.delta-news', subject)
  if (!met) return { holdsBack: () => false, listed: undefined }
  const value = met.effect.since
  return {
    holdsBack(hasNews) {
      if (hasNews) met.reveal()
      return true
    },
    get listed() {
      const where = { op: 'ge', column: 'received_at', value } as const
      const later = mailStore.listMessages({ mailboxId: folder.mailboxId, folderId: folder.id, where, limit: 1 })
      if (later.length > 0) met.reveal()
      return { op: 'lt', column: 'received_at', value } as const
    },
  }
}
