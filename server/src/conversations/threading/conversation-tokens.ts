import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../kernel/secret.ts'
import { toId, type ConversationId } from '../../kernel/ids.ts'

/** 80 bits: not guessable, and short enough for every header. */
const MAC_LENGTH = 20
const TOKEN = /^pk\.([0-9a-f]{32})\.([0-9a-f]{20})@/i

/** Signed conversation ids in the form of Message-IDs, by which answers find their conversation. */
export interface ConversationTokens {
  /** Token for the References of a sent message, in the domain of `address`. */
  tokenOf(id: ConversationId, address: string): string
  /** Conversation of the latest token with a valid signature. */
  conversationIn(messageIds: readonly string[]): ConversationId | undefined
}

/**
 * Creates and verifies conversation tokens. Exchange may replace the Message-ID of a sent message, and the new one is
 * unknown until the Sent copy is read. An answer repeats the References, with the token among them: the conversation's id,
 * signed (HMAC-SHA256). The first secret signs, all secrets verify. Lower case, because mail programs change the case.
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

/** Replaces tokens in References by the one of the conversation: after a split, older ones name the wrong one. */
export function withToken(references: readonly string[], token: string): string[] {
  return [token, ...references.filter((id) => !TOKEN.test(id))]
}
