import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { Address, DeliveryReport, RemoteMessage } from '../../mail/index.ts'
import type { ConversationTokens } from '../threading/conversation-tokens.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { isOf } from '../threading/accounts-of.ts'
import { namesRecipient, recipientsSent } from '../threading/report-recipients.ts'
import { correspondents, ownAddresses, shareAddress } from '../threading/participants.ts'
import { possibleTokens, relatedMessageIds, reportedMessageId } from '../threading/related-message-ids.ts'

interface Lead {
  conversationId: ConversationId
  ours: boolean
}

/** Finds the replies to mail of conversations in a folder that is only watched, such as Junk. */
export function createAnswers({ database, tokens }: { database: Database; tokens: ConversationTokens }) {
  /**
   * Ids on the server of the replies. A conversation token or the Message-ID of a sent message is enough. The Message-ID of
   * other mail counts only with a participant as author: spam can name it, but does not know the participants.
   */
  return async function findAnswers(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<ReadonlySet<string>> {
    const wanted = messages.map((message) => ({
      message,
      signed: tokens.conversationIn(possibleTokens(message)),
      named: [...relatedMessageIds(message), reportedMessageId(message)].filter((id) => id !== undefined),
    }))
    const leads = await leadsAmong(account, [...new Set(wanted.flatMap(({ named }) => named))])
    const ids = [
      ...wanted.flatMap(({ signed }) => signed ?? []),
      ...[...leads.values()].map((one) => one.conversationId),
    ]
    const participants = await participantsOf(account, [...new Set(ids)])
    const reports = wanted.filter(({ message }) => message.marks?.deliveryReport !== undefined)
    const sentTo = await recipientsSent(database.db, account.id, {
      messageIds: reports.flatMap(({ message }) => reportedMessageId(message) ?? []),
      conversationIds: reports.flatMap(({ signed }) => signed ?? []),
    })
    const concerns = (report: DeliveryReport, key: string | undefined, conversationId: ConversationId | undefined) =>
      key !== undefined &&
      conversationId !== undefined &&
      namesRecipient(report, sentTo.get(key), participants.get(conversationId) ?? [])

    const answers = wanted.filter(({ message, signed, named }) => {
      const report = message.marks?.deliveryReport
      if (report) {
        const id = reportedMessageId(message)
        const lead = id === undefined ? undefined : leads.get(id)
        return concerns(report, signed, signed) || (lead?.ours === true && concerns(report, id, lead.conversationId))
      }
      if (signed && participants.has(signed)) return true
      const writers = correspondents(message, 'in', ownAddresses(account))
      return named.some((id) => {
        const lead = leads.get(id)
        return lead && (lead.ours || shareAddress(participants.get(lead.conversationId) ?? [], writers))
      })
    })
    return new Set(answers.map(({ message }) => message.remoteId))
  }

  async function leadsAmong({ id }: FilingAccount, messageIds: readonly string[]): Promise<Map<string, Lead>> {
    if (messageIds.length === 0) return new Map()
    const rows = await database.db
      .selectFrom('conversation_message_ids')
      .select(['message_id', 'conversation_id', 'ours'])
      .where('email_account_id', '=', id)
      .where(sql<boolean>`message_id = ANY(${messageIds})`)
      .execute()
    return new Map(rows.map((row) => [row.message_id, { conversationId: row.conversation_id, ours: row.ours }]))
  }

  /** Participants of the conversations that belong to this account, or belonged to it before they moved. */
  async function participantsOf({ id }: FilingAccount, conversationIds: readonly ConversationId[]) {
    if (conversationIds.length === 0) return new Map<ConversationId, readonly Address[]>()
    const rows = await database.db
      .selectFrom('conversations')
      .select(['id', 'participants'])
      .where(isOf(id))
      .where(sql<boolean>`id = ANY(${conversationIds}::uuid[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, row.participants as Address[]]))
  }
}
