import type { FaultsAsked, Subject } from '../../faults/index.ts'
import type { Condition, MailStore } from '../mail-store/index.ts'

/** Changes that a delta withholds while its fault is on. */
export interface DeltaSilence {
  /** True when the changes behind a delta link are withheld. Records the call for the fault if there are changes. */
  holdsBack(hasNews: boolean): boolean
  /** Filter for the messages listed in a new round, when some are withheld. */
  listed: Condition | undefined
}

export function findDeltaSilence(
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
