/**
 * Invariants of a run, whatever was killed and cut: every letter stored and reported once, every accepted submission
 * ended and delivered once. Works on plain facts, so that tests can give it cases with a broken promise.
 */
import { DELETED_ITEMS } from './protocol-harness.ts'

export interface Facts {
  letters: readonly LetterFact[]
  /** Rows of received messages, from the database. */
  stored: readonly StoredFact[]
  /** Letters on the mail server, once per copy. */
  atServer: readonly { number: number; folder: string; isRead: boolean }[]
  /** Messages that mailbox actions moved and marked, and those whose action has not ended. */
  actions: { moved: number; marked: number; unfinished: number }
  /** Messages of each conversation as the API shows them, in its order. */
  shown: readonly { conversationId: string; status: string; place: string; numbers: readonly number[] }[]
  /**
   * Conversations whose status a person changed last, with the id of that event. In others, new mail may have left earlier
   * letters where they were.
   */
  decided: ReadonlyMap<string, number>
  /** Name of the folder for closed conversations of each account. */
  closedFolders: ReadonlyMap<string, string>
  /** Events that report a message for the first time, from the table. */
  events: readonly { id: number; subjectId: string }[]
  /** Ids of events of the stream, as often as they arrived. */
  heard: readonly number[]
  /** Submissions accepted by the API (2xx). */
  accepted: readonly { id: string; number: number }[]
  outbox: readonly {
    id: string
    number: number
    account: string
    messageId: string
    state: string
    reason: string | null
  }[]
  /** Messages that arrived outside. */
  arrivals: readonly { number: number; messageId: string }[]
  /** Submissions in the Sent folder of each account, once per copy. */
  sentCopies: readonly { account: string; number: number }[]
  /** Letters in the folder that is not read, according to the mail server. */
  lyingElsewhere: ReadonlySet<number>
  /** Stage of a message when its connection ended, by Message-ID: only these may stay unknown. */
  broken: ReadonlyMap<string, string>
  /** Other failures, such as a process that ended by itself. */
  mishaps: readonly string[]
}

export interface StoredFact {
  id: string
  number: number
  account: string
  isWhole: boolean
  presence: string
  isRead: boolean
  /** Names of the folders that are read. */
  folders: readonly string[]
  /** A mailbox action found that another client had moved it, so it stays there. */
  isOvertaken?: boolean
  /** A mailbox action moved it to a folder that is not read. */
  isOutside?: boolean
  /** By the clocks of the servers, it was stored after the last change of status of its conversation. */
  isLater?: boolean
}

export interface LetterFact {
  number: number
  account: string
  thread: number
  /** `elsewhere`: moved to a folder that is not read, perhaps before it could be read. */
  fate: 'readable' | 'elsewhere'
  /** Another client copied it and deleted the first one, perhaps while Postkey moved it. */
  mayBeTwo?: boolean
  /** Another client moved it, so its folder says nothing of its conversation. */
  isMovedByOther?: boolean
  /** Another client moved it to a folder that is not read, perhaps before its last move. */
  wasOutside?: boolean
}

export interface Verdict {
  delivered: number
  stored: number
  lost: number
  duplicates: number
  /** Number of letters in the folder that is not read, stored or not. */
  elsewhere: number
  events: number
  /** Messages that mailbox actions moved and marked as read. */
  moved: number
  marked: number
  /** Conversations in Deleted, because another client discarded all their letters. */
  discarded: number
  submitted: number
  arrived: number
  twice: number
  /** Copies in Sent beyond the first of each submission. */
  surplusCopies: number
  unknown: number
  /** Connections that ended after the dot that ends a message, before the response could be stored. */
  cutsAfterFinalDot: number
  /** Reason of each unknown one. */
  why: string[]
  /** Broken promises, in words; none when all is well. */
  faults: string[]
}

export function judge(facts: Facts): Verdict {
  const faults = [...facts.mishaps]
  const received = judgeReceived(facts, faults)
  judgeConversations(facts, faults)
  judgeAgreement(facts, faults)
  judgeFolders(facts, faults)
  const discarded = judgePlaces(facts, faults)
  judgeStream(facts, faults)
  const { moved, marked } = facts.actions
  return { ...received, moved, marked, discarded, ...judgeSent(facts, faults), faults }
}

/** Locations of a message outside the folders that are read. */
const ABSENT = ['elsewhere', 'gone']

function judgeReceived({ letters, stored, shown, events, lyingElsewhere }: Facts, faults: string[]) {
  const known = new Map(letters.map((letter) => [letter.number, letter]))
  const rows = countBy(stored, ({ number }) => number)
  const views = countBy(shown.flatMap(({ numbers }) => numbers), (number) => number) // prettier-ignore
  const told = countBy(events, ({ subjectId }) => subjectId)
  let [lost, duplicates, elsewhere] = [0, 0, 0]
  for (const { number, fate } of letters) {
    const count = rows.get(number) ?? 0
    const seen = views.get(number) ?? 0
    const isElsewhere = fate === 'elsewhere' && lyingElsewhere.has(number)
    if (isElsewhere) elsewhere++
    if (count === 0 && !isElsewhere) {
      lost++
      faults.push(`letter ${number} is lost`)
    }
    if (count > 1) {
      duplicates += count - 1
      faults.push(`letter ${number} is stored ${count} times`)
    }
    if (count > 0 && seen !== 1) faults.push(`letter ${number} is shown ${seen} times by the API`)
  }
  for (const { id, number, account, isWhole, presence } of stored) {
    const isRecognized = lyingElsewhere.has(number) ? ABSENT.includes(presence) : presence === 'present'
    if (!isRecognized) {
      faults.push(
        `letter ${number} is ${presence} but lies ${lyingElsewhere.has(number) ? 'outside the folders that are read' : 'in a folder that is read'}`,
      )
    }
    if (known.get(number)?.account !== account)
      faults.push(`letter ${number} is stored in a mailbox to which it was not delivered`)
    if (!isWhole) faults.push(`letter ${number} is stored without its text`)
    const count = told.get(id) ?? 0
    if (count !== 1) faults.push(`letter ${number} has ${count} events`)
  }
  return { delivered: letters.length, stored: rows.size, lost, duplicates, elsewhere, events: events.length }
}

/** Checks that Postkey and the mail server agree on folder and read mark of each letter. */
function judgeAgreement(facts: Facts, faults: string[]): void {
  const { letters, atServer, actions } = facts
  if (actions.unfinished > 0) faults.push(`${actions.unfinished} mailbox actions have not ended`)
  // Without any, the run would prove nothing of them.
  if (actions.moved === 0) faults.push('no mailbox action moved a message')
  if (actions.marked === 0) faults.push('no mailbox action marked a message as read')
  const copies = Map.groupBy(atServer, ({ number }) => number)
  for (const { number, mayBeTwo = false } of letters) {
    const [first, ...more] = copies.get(number) ?? []
    if (!first) faults.push(`letter ${number} is no longer on the mail server`)
    if (more.length > (mayBeTwo ? 1 : 0))
      faults.push(`letter ${number} lies on the mail server ${more.length + 1} times`)
  }
  faults.push(...disagreements(facts))
}

/** Letters whose folder or read mark in Postkey is another one than on the mail server. */
export function disagreements({
  letters,
  stored,
  atServer,
  lyingElsewhere,
}: Pick<Facts, 'stored' | 'atServer' | 'lyingElsewhere'> & {
  letters: readonly Pick<LetterFact, 'number'>[]
}): string[] {
  const faults: string[] = []
  const copies = Map.groupBy(atServer, ({ number }) => number)
  const rows = new Map(stored.map((row) => [row.number, row]))
  for (const { number } of letters) {
    const [first, ...more] = copies.get(number) ?? []
    const row = rows.get(number)
    if (!first || !row || more.length > 0 || lyingElsewhere.has(number)) continue
    if (row.folders.length !== 1 || row.folders[0]!.toLowerCase() !== first.folder.toLowerCase()) {
      faults.push(`letter ${number} lies in ${first.folder}, but is stored in ${row.folders.join(', ') || 'no folder'}`)
    }
    if (row.isRead !== first.isRead) {
      faults.push(`letter ${number} is ${first.isRead ? 'read' : 'unread'} on the mail server, but not in Postkey`)
    }
  }
  return faults
}

/** Checks that letters that only Postkey moves are in the folder that fits the final status of their conversation. */
function judgeFolders(facts: Facts, faults: string[]): void {
  const { letters, stored, atServer, shown, events, decided, closedFolders } = facts
  const copies = new Map(atServer.map((copy) => [copy.number, copy]))
  const rows = new Map(stored.map((row) => [row.number, row]))
  const storedBy = new Map(events.map(({ id, subjectId }) => [subjectId, id]))
  const conversations = new Map(shown.flatMap((each) => each.numbers.map((number) => [number, each] as const)))
  for (const { number, account, isMovedByOther = false } of letters) {
    const conversation = conversations.get(number)
    const copy = copies.get(number)
    const row = rows.get(number)
    if (!conversation || !copy || !row || isMovedByOther || row.isOvertaken || row.isLater) continue
    const { conversationId, status } = conversation
    // A letter that was stored later stays where it is. Old mail does not reopen its conversation.
    if ((storedBy.get(row.id) ?? Infinity) > (decided.get(conversationId) ?? 0)) continue
    const folder = status === 'closed' ? closedFolders.get(account)! : 'Inbox'
    if (copy.folder.toLowerCase() === folder.toLowerCase()) continue
    faults.push(`letter ${number} lies in ${copy.folder}, but its conversation is ${status}`)
  }
}

/**
 * Checks that conversations are in Deleted if all their letters lie in Deleted Items, and in the inbox otherwise. A letter
 * that is discarded in a folder that is not read goes unnoticed.
 */
function judgePlaces({ letters, atServer, stored, shown, decided }: Facts, faults: string[]): number {
  const copies = Map.groupBy(atServer, ({ number }) => number)
  const gone = new Set(stored.filter(({ presence }) => presence === 'gone').map(({ number }) => number))
  const outside = new Set([
    ...letters.filter(({ wasOutside }) => wasOutside).map(({ number }) => number),
    ...stored.filter(({ isOutside }) => isOutside).map(({ number }) => number),
  ])
  let discarded = 0
  for (const { conversationId, status, place, numbers } of shown) {
    if (place === 'deleted') discarded++
    // A person who reopened it prevails over a client that discarded it at that moment.
    const isHeld = decided.has(conversationId) && status !== 'closed'
    const present = numbers.filter((number) => !gone.has(number))
    const isDiscarded =
      present.length > 0 &&
      present.every((number) => copies.get(number)?.every(({ folder }) => folder === DELETED_ITEMS))
    const expected = isDiscarded ? 'deleted' : 'inbox'
    // A letter that is gone may have been moved to such a folder, and then keeps its conversation where it is.
    const mayBeUnnoticed = numbers.some((number) => outside.has(number))
    if (place === expected || (isDiscarded && (isHeld || mayBeUnnoticed))) continue
    faults.push(`the conversation of letter ${numbers[0] ?? 'none'} is in ${place}, but should be in ${expected}`)
  }
  return discarded
}

/** Checks that each thread is one conversation, with its letters in the order of writing. */
function judgeConversations({ letters, shown }: Facts, faults: string[]): void {
  const threadOf = new Map(letters.map(({ number, thread }) => [number, thread]))
  const homes = new Map<number, string>()
  for (const { conversationId, numbers } of shown) {
    numbers.forEach((number, i) => {
      const thread = threadOf.get(number)
      if (thread === undefined) return
      const home = homes.get(thread) ?? conversationId
      homes.set(thread, home)
      if (home !== conversationId) faults.push(`letter ${number} is not in the conversation of its thread`)
      if (i > 0 && numbers[i - 1]! > number) faults.push(`letter ${number} follows letter ${numbers[i - 1]!}`)
    })
  }
}

function judgeStream({ events, heard }: Facts, faults: string[]): void {
  const counts = countBy(heard, (id) => id)
  for (const { id } of events) {
    const count = counts.get(id) ?? 0
    if (count !== 1) faults.push(`event ${id} appeared ${count} times in the stream`)
  }
}

function judgeSent({ accepted, outbox, arrivals, broken, sentCopies }: Facts, faults: string[]) {
  const rows = new Map(outbox.map((row) => [row.id, row]))
  const came = countBy(arrivals, ({ number }) => number)
  let twice = 0
  for (const [messageId, count] of countBy(arrivals, (arrival) => arrival.messageId)) {
    if (count > 1) faults.push(`Message-ID ${messageId} arrived ${count} times`)
  }
  for (const [number, count] of came) {
    if (count > 1) {
      twice++
      faults.push(`submission ${number} arrived ${count} times`)
    }
    if (!outbox.some((row) => row.number === number))
      faults.push(`submission ${number} arrived but is not in any outbox`)
  }
  for (const { id, number } of accepted) {
    const row = rows.get(id)
    if (!row) faults.push(`submission ${number} was accepted but is not in the outbox`)
    else if (row.state === 'sent' && !came.has(number)) faults.push(`submission ${number} is sent but never arrived`)
    else if (row.state !== 'sent' && row.state !== 'unknown') {
      faults.push(`submission ${number} did not finish: its state is ${row.state} (${row.reason ?? 'no reason'})`)
    }
  }
  for (const [number, count] of countBy(outbox, (row) => row.number)) {
    if (count > 1) faults.push(`submission ${number} has ${count} entries in the outbox`)
  }
  const surplusCopies = judgeCopies({ outbox, sentCopies }, faults)
  const unclear = outbox.filter(({ state }) => state === 'unknown')
  for (const { number, messageId } of unclear) {
    if (!broken.has(messageId)) faults.push(`submission ${number} is unknown, but no connection ended at its final dot`)
  }
  const why = unclear.map(({ number, messageId, reason }) =>
    [
      `submission ${number}: ${reason ?? 'no reason'}`,
      `connection ended ${broken.get(messageId) ?? 'elsewhere'}`,
      came.has(number) ? 'arrived' : 'did not arrive',
    ].join(', '),
  )
  const cutsAfterFinalDot = [...broken.values()].filter((stage) => stage !== 'at-dot').length
  if (unclear.length > cutsAfterFinalDot) {
    faults.push(
      `${unclear.length} submissions are unknown, but only ${cutsAfterFinalDot} connections ended after a final dot`,
    )
  }
  return {
    submitted: accepted.length,
    arrived: came.size,
    twice,
    surplusCopies,
    unknown: unclear.length,
    cutsAfterFinalDot,
    why,
  }
}

/** Each sent message lies in Sent of its account once. */
function judgeCopies({ outbox, sentCopies }: Pick<Facts, 'outbox' | 'sentCopies'>, faults: string[]): number {
  const copies = countBy(sentCopies, ({ account, number }) => `${account} ${number}`)
  let surplus = 0
  for (const { account, number, state } of outbox) {
    const count = copies.get(`${account} ${number}`) ?? 0
    surplus += Math.max(0, count - 1)
    if (count > 1 || (state === 'sent' && count === 0)) faults.push(`submission ${number} has ${count} copies in Sent`)
  }
  return surplus
}

function countBy<T, K>(list: readonly T[], keyOf: (each: T) => K): Map<K, number> {
  const counts = new Map<K, number>()
  for (const each of list) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1)
  return counts
}
