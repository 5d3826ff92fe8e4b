import type { ErasedPerson, ErasureOfMail } from '../../conversations/index.ts'
import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { countOutboxTo } from '../../submission/index.ts'
import { addMail, type ErasureReport } from './erasure-report.ts'

const CONVERSATIONS_AT_ONCE = 2000
/** Time for counting, so that its cost is bounded. */
const LIMIT_MS = 5000
const MOST_CONVERSATIONS = 2000

/** Counts of what an erasure deletes and keeps, before it starts. */
export interface ErasurePreview extends Pick<ErasureReport, 'accounts'> {
  customerNotes: number
  suggestions: number
  drafts: number
  /** Messages to the person that are not sent yet: they have to be sent or canceled before. */
  outbox: number
  /** Counting ended early: counts mean *at least*. */
  isCut: boolean
}

export function createErasurePreviews({
  database,
  clock,
  mail,
}: {
  database: Pick<Database, 'db'>
  clock: Clock
  mail: ErasureOfMail
}) {
  return async (person: ErasedPerson): Promise<ErasurePreview> => {
    const until = performance.now() + LIMIT_MS
    const report: Pick<ErasureReport, 'accounts'> = { accounts: {} }
    let after: string | undefined
    let counted = 0
    let isCut = false
    // A long conversation is counted in part.
    let isSomeCut = false
    do {
      const { next, ids } = await mail.findConversations(person, after, CONVERSATIONS_AT_ONCE)
      for (const id of ids) {
        isCut = counted++ >= MOST_CONVERSATIONS || performance.now() > until
        if (isCut) break
        const found = await mail.findMail(id, person, clock.now())
        if (!found) continue
        const { accountId, isHeld, isWhole, messageIds } = found
        isSomeCut ||= found.isCut
        if (isHeld) addMail(report, accountId, { onLegalHold: 1 })
        else if (isWhole) addMail(report, accountId, { conversations: 1, messages: messageIds.length })
        else addMail(report, accountId, { shared: 1, messages: messageIds.length })
      }
      after = next
      isCut ||= after !== undefined && performance.now() > until
    } while (after !== undefined && !isCut)
    const wanted = new Set(person.addresses)
    const outbox = await countOutboxTo(database.db, person.patterns, ({ address }) => wanted.has(address.toLowerCase()))
    return { ...report, ...(await mail.countRecords(person, clock.now())), outbox, isCut: isCut || isSomeCut }
  }
}
