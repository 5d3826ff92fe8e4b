import type { Kysely } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import type { ReceivedMailHook, SentMailHook } from '../filing/filing-hooks.ts'
import { storableIds } from '../stored/storable.ts'
import { lockAccount } from '../threading/account-lock.ts'
import { accountsOf } from '../threading/accounts-of.ts'
import { withToken, type ConversationTokens } from '../threading/conversation-tokens.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { saveMessageIds } from '../threading/related-message-ids.ts'
import { createAnswered, type AnswerEffect, type AnswerRecord } from './answered.ts'
import { latestSentIds, lockForAnswer } from './latest-sent.ts'
import { createStartConversation, type FirstMessage } from './start-conversation.ts'

/** Conversations of mail that Postkey sends. Used by `submission`. */
export interface OutgoingMail {
  /** References of a message sent in a conversation: those given, and a token by which replies find the conversation. */
  referencesFor(id: ConversationId, address: string, references: readonly string[]): string[]
  /** Saves the Message-ID of a message to be sent: a reply finds the conversation even before the Sent copy is filed. */
  expectAnswers(tx: Tx, conversationId: ConversationId, rfcMessageId: string): Promise<void>
  /**
   * Locks the filing of mail of an account until `tx` ends. Filing takes this lock before all others, so other callers
   * do too.
   */
  lockAccount(tx: Tx, account: FilingAccount): Promise<void>
  /**
   * Starts a conversation with a sent message that has no copy in the mailbox, or finds that of an answer that came
   * before. The copy and answers join it later. Call {@link lockAccount} first.
   */
  startConversation(tx: Tx, account: FilingAccount, message: FirstMessage): Promise<ConversationId>
  /** Ids of the latest messages sent from the mailbox, excluding imported ones. One statement. */
  latestSentIds(db: Kysely<Schema>, id: ConversationId): Promise<StoredMessageId[]>
  /** Locks the conversation until `tx` ends: two answers are accepted one after the other. */
  lockForAnswer(tx: Tx, id: ConversationId): Promise<void>
  /**
   * Records an answer in its conversation: assignee, status, and that it no longer needs a reply.
   *
   * @returns what it changed, for {@link revertAnswer}
   */
  recordAnswer(tx: Tx, id: ConversationId, answer: AnswerRecord): Promise<AnswerEffect | undefined>
  /** Reverts the changes of an answer that is canceled, except those that were changed again since. */
  revertAnswer(tx: Tx, id: ConversationId, effect: AnswerEffect, author: string): Promise<void>
  onSentMail(hook: SentMailHook): void
  onReceivedMail(hook: ReceivedMailHook): void
}

export function createOutgoingMail(deps: {
  clock: Clock
  events: Events
  tokens: ConversationTokens
  hooks: SentMailHook[]
  receivedHooks: ReceivedMailHook[]
}): OutgoingMail {
  const { tokens, hooks, receivedHooks } = deps
  const answered = createAnswered(deps)

  async function expectAnswers(tx: Tx, conversationId: ConversationId, rfcMessageId: string): Promise<void> {
    const ids = storableIds([rfcMessageId])
    const accountIds = await accountsOf(tx, conversationId)
    await saveMessageIds(tx, accountIds, new Map(ids.map((id) => [id, conversationId])), new Set(ids))
  }

  return {
    referencesFor: (id, address, references) => withToken(references, tokens.tokenOf(id, address)),
    expectAnswers,
    lockAccount,
    startConversation: createStartConversation(deps),
    latestSentIds,
    lockForAnswer,
    recordAnswer: answered.apply,
    revertAnswer: answered.revert,
    onSentMail: (hook) => void hooks.push(hook),
    onReceivedMail: (hook) => void receivedHooks.push(hook),
  }
}
