import { AppError } from '../../kernel/errors.ts'
import type { FolderRole, RemoteMessage } from '../../mail/index.ts'
import type { Lane, ListedMessage, NewestThreads } from '../mail-transport.ts'
import { type GraphFolders, WELL_KNOWN } from './folders.ts'
import { type GraphClient, MEGABYTE, segment } from './graph-client.ts'
import { MESSAGE_QUERY, toMessage } from './message-json.ts'
import { asWire, list, text, time, type Wire } from './wire.ts'

const MESSAGE_BYTES = 160 * MEGABYTE
const SOURCE_BYTES = 160 * MEGABYTE
const TIMEOUT_MS = 120_000
const STREAM_TIMEOUT_MS = 10 * 60_000
const MOST_OF_ONE_ID = 25

/** Requests for single messages: whole, as source, and the status of sent ones. */
export function createMessages(client: GraphClient, folders: GraphFolders) {
  /** Returns folder and draft flag of a message, without its content. */
  async function standingOf(remoteId: string): Promise<(Wire & { isDraft?: unknown }) | undefined> {
    const url = client.mailbox(`/messages/${segment(remoteId)}?$select=id,isDraft,parentFolderId`)
    return unlessGone(async () => asWire(await client.json({ url, lane: 'send' })))
  }

  return {
    async fetch(remoteId: string, lane: Lane = 'sync'): Promise<RemoteMessage | undefined> {
      const url = client.mailbox(`/messages/${segment(remoteId)}?${MESSAGE_QUERY}`)
      return unlessGone(async () =>
        toMessage(await client.json({ url, lane, maxBytes: MESSAGE_BYTES, timeoutMs: TIMEOUT_MS })),
      )
    },

    async newest(folderRemoteId: string, limit: number): Promise<ListedMessage[]> {
      const order = encodeURIComponent('receivedDateTime desc')
      const path = `/mailFolders/${segment(folderRemoteId)}/messages`
      const url = client.mailbox(`${path}?$orderby=${order}&$top=${limit}&$select=id,receivedDateTime,isDraft`)
      const answer = asWire(await client.json({ url, lane: 'sync' }))
      return list(answer, 'value').flatMap((item: Wire & { isDraft?: unknown }) => {
        const remoteId = text(item, 'id')
        const receivedAt = time(item, 'receivedDateTime')
        return remoteId === undefined || !receivedAt || item.isDraft === true ? [] : [{ remoteId, receivedAt }]
      })
    },

    async newestThreads(
      folderRemoteId: string,
      { since, limit }: { since: Date; limit: number },
    ): Promise<NewestThreads> {
      const filter = encodeURIComponent(`receivedDateTime ge ${since.toISOString()} and isDraft eq false`)
      const order = encodeURIComponent('receivedDateTime desc')
      const path = `/mailFolders/${segment(folderRemoteId)}/messages?$filter=${filter}&$orderby=${order}`
      const url = client.mailbox(`${path}&$top=${limit}&$select=receivedDateTime,conversationId`)
      const answer = asWire(await client.json({ url, lane: 'sync' }))
      const items = list(answer, 'value')
      const threads = items.flatMap((item: Wire) => {
        const receivedAt = time(item, 'receivedDateTime')
        const remoteConversationId = text(item, 'conversationId')
        return receivedAt && remoteConversationId !== undefined ? [{ receivedAt, remoteConversationId }] : []
      })
      const isLast = text(answer, '@odata.nextLink') === undefined
      return { threads, isWhole: isLast && threads.length === items.length }
    },

    async fetchSource(remoteId: string, lane: Lane = 'sync'): Promise<Buffer | undefined> {
      const url = client.mailbox(`/messages/${segment(remoteId)}/$value`)
      return unlessGone(() => client.bytes({ url, lane, maxBytes: SOURCE_BYTES, timeoutMs: TIMEOUT_MS }))
    },

    streamSource(remoteId: string, maxBytes: number): AsyncIterable<Uint8Array> {
      const url = client.mailbox(`/messages/${segment(remoteId)}/$value`)
      return client.stream({ url, lane: 'sync', maxBytes, timeoutMs: STREAM_TIMEOUT_MS })
    },

    /**
     * Returns the status of a draft. Sending keeps the id, so the folder shows the progress: after the 202, the message
     * is in the Outbox, still marked as a draft, until its copy is in Sent Items.
     *
     * @see https://learn.microsoft.com/graph/outlook-immutable-id
     */
    async whatBecameOf(remoteId: string): Promise<'draft' | 'underway' | 'sent' | 'gone'> {
      const standing = await standingOf(remoteId)
      if (!standing) return 'gone'
      if (standing.isDraft !== true) return 'sent'
      return text(standing, 'parentFolderId') === (await folders.idOf('outbox')) ? 'underway' : 'draft'
    },

    async findByMessageId(messageId: string, where?: FolderRole): Promise<RemoteMessage[]> {
      const filter = encodeURIComponent(`internetMessageId eq '<${messageId.replaceAll("'", "''")}>'`)
      const path = where === undefined ? '/messages' : `/mailFolders/${WELL_KNOWN[where]}/messages`
      const url = client.mailbox(`${path}?$filter=${filter}&$top=${MOST_OF_ONE_ID}&${MESSAGE_QUERY}`)
      const answer = await unlessGone(() =>
        client.json({ url, lane: 'send', maxBytes: MESSAGE_BYTES, timeoutMs: TIMEOUT_MS }),
      )
      return list(asWire(answer), 'value')
        .map(toMessage)
        .filter((message) => message !== undefined)
    },

    /** Moves a message to Deleted Items, only if it is a draft and unchanged since the check. */
    async deleteDraft(remoteId: string): Promise<void> {
      const standing = await standingOf(remoteId)
      if (!standing) return
      const isUnderway = text(standing, 'parentFolderId') === (await folders.idOf('outbox'))
      if (standing.isDraft !== true || isUnderway) throw new AppError('transports.not_a_draft')
      const etag = text(standing, '@odata.etag')
      const url = client.mailbox(`/messages/${segment(remoteId)}`)
      await unlessGone(() =>
        client.json({ method: 'DELETE', url, lane: 'send', ...(etag !== undefined && { ifMatch: etag }) }),
      )
    },
  }
}

export async function unlessGone<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question()
  } catch (error) {
    if (error instanceof AppError && error.code === 'transports.item_gone') return undefined
    throw error
  }
}
