import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../kernel/secret.ts'
import { toId, type ConversationId } from '../../kernel/ids.ts'

/** 80 bits: nobody guesses one, and the id stays short enough for every header. */
const MAC_LENGTH = 20
const TOKEN = /^pk\.([0-9a-f]{32})\.([0-9a-f]{20})@/i

/** A Message-ID of nobody's message, by which answers find home. */
export interface ConversationTokens {
  /** Stands among the References of what we send in a conversation, in the domain that sends. */
  tokenOf(id: ConversationId, address: string): string
  /** Of the latest valid token; one that somebody made up leads nowhere. */
  conversationIn(messageIds: readonly string[]): ConversationId | undefined
}

/**
 * Exchange may give what we send another Message-ID, and what it gave is not known before the Sent copy is read. An
 * answer carries our References all the same, and among them this: the conversation's id, signed (HMAC-SHA256), so that
 * an answer joins at once and a guess does not. The first secret signs, the others still count. Lower case, because mail programs change the case.
 */
export function createConversationTokens(secrets: readonly Secret[] = []): ConversationTokens {
  const keys = secrets.length > 0 ? secrets.map((secret) => secret.reveal()) : [randomBytes(32).toString('hex')]
  const macOf = (hex: string, key = keys[0]!) =>
    createHmac('sha256', key).update(`conversation token:${hex}`).digest('hex').slice(0, MAC_LENGTH)

  return {
    tokenOf(id, address) {
      const hex = id.replaceAll('-', '')
      return `pk.${hex}.${macOf(hex)}@${address.slice(address.lastIndexOf('@') + 1).toLowerCase()}`
    },
    conversationIn(messageIds) {
      for (const id of messageIds.toReversed()) {
        const [, hex, mac] = TOKEN.exec(id.toLowerCase()) ?? []
        if (!hex || !mac || !keys.some((key) => timingSafeEqual(Buffer.from(macOf(hex, key)), Buffer.from(mac))))
          continue
        return toId<ConversationId>(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')) ?? undefined
      }
      return undefined
    },
  }
}

/** What we send carries one token, that of its conversation: older ones would lead back after a split. */
export function withToken(references: readonly string[], token: string): string[] {
  return [token, ...references.filter((id) => !TOKEN.test(id))]
}
