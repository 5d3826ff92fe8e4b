/** Mail of a team over two years, oldest first: 20 mailboxes of unequal size, conversations of 1 to 500 messages. */
import { conversationSize, createRandom, createZipf, wordOfRank } from './random.ts'

export const MAILBOXES = 20
const DISTINCT_WORDS = 200_000
const YEARS_MS = 2 * 365 * 24 * 60 * 60_000
/** Messages still to come in conversations that have begun: about two weeks of a million in two years. */
const AWAITED = 20_000

export interface Letter {
  n: number
  conversation: number
  mailbox: number
  /** Sent by the mailbox. */
  isOut: boolean
  at: Date
  words: string[]
}

export interface StartedConversation {
  mailbox: number
  messages: number
  lastAt: Date
  lastSentAt?: Date
}

/** Calls `next` with each letter, and returns the conversations. The same for the same number of messages. */
export async function writeYearsOfMail(
  messages: number,
  until: Date,
  next: (letter: Letter) => Promise<void> | undefined,
): Promise<StartedConversation[]> {
  const random = createRandom(12_345)
  const drawRank = createZipf(random, DISTINCT_WORDS)
  const words = Array.from({ length: DISTINCT_WORDS }, (_, n) => wordOfRank(n + 1))
  const drawMailbox = createZipf(random, MAILBOXES)
  const conversations: StartedConversation[] = []
  /** A conversation as often as it awaits messages. */
  const awaited: number[] = []
  for (let n = 0; n < messages; n++) {
    const at = new Date(until.getTime() - (1 - (n + 1) / messages) * YEARS_MS)
    let conversation: number
    if (awaited.length < AWAITED) {
      conversation = conversations.length
      conversations.push({ mailbox: drawMailbox() - 1, messages: 0, lastAt: at })
      for (let left = conversationSize(random) - 1; left > 0; left--) awaited.push(conversation)
    } else {
      const place = Math.floor(random() * awaited.length)
      conversation = awaited[place]!
      const last = awaited.pop()!
      if (place < awaited.length) awaited[place] = last
    }
    const started = conversations[conversation]!
    started.messages++
    started.lastAt = at
    const isOut = n % 3 === 0
    if (isOut) started.lastSentAt = at
    const text = Array.from({ length: 80 + Math.floor(random() * 140) }, () => words[drawRank() - 1]!)
    await next({ n, conversation, mailbox: started.mailbox, isOut, at, words: text })
  }
  return conversations
}
