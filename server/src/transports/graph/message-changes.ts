import { AppError } from '../../kernel/errors.ts'
import type { ChangeOutcome, ChangeOutcomes, MessageChanges } from '../mail-transport.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { asWire, text } from './wire.ts'

/**
 * Changes messages one at a time, so that two of the three places of the mailbox stay free for sending and sync.
 *
 * Ids are immutable, so a moved message keeps its id, and a repeated request finds the message in its new folder.
 *
 * @see docs/reference/microsoft-365.md §F.3
 */
export function createMessageChanges(client: GraphClient): MessageChanges {
  async function changeEach(
    remoteIds: readonly string[],
    end: AbortSignal | undefined,
    change: (remoteId: string) => Promise<ChangeOutcome>,
  ): Promise<ChangeOutcomes> {
    const outcomes = new Map<string, ChangeOutcome>()
    for (const remoteId of remoteIds) {
      if (end?.aborted) break
      try {
        outcomes.set(remoteId, await change(remoteId))
      } catch (thrown) {
        const error = AppError.from(thrown)
        if (error.code === 'transports.item_gone') outcomes.set(remoteId, { kind: 'elsewhere' })
        else if (isOfOneMessage(error)) outcomes.set(remoteId, { kind: 'failed', error })
        else return { outcomes, stoppedBy: error, stoppedAt: [remoteId] }
      }
    }
    return { outcomes }
  }

  async function mark(remoteId: string, isRead: boolean): Promise<ChangeOutcome> {
    const url = client.mailbox(`/messages/${segment(remoteId)}?$select=id`)
    await unlessTooLarge(() => client.json({ method: 'PATCH', url, lane: 'sync', body: { isRead } }))
    return { kind: 'done', remoteId }
  }

  /** Asks for the folder first: a message moved in Outlook meanwhile stays there. */
  async function moveOne(remoteId: string, { from, to }: { from: string; to: string }): Promise<ChangeOutcome> {
    const path = `/messages/${segment(remoteId)}`
    const url = client.mailbox(`${path}?$select=id,parentFolderId`)
    const folder = text(asWire(await client.json({ url, lane: 'sync' })), 'parentFolderId')
    if (folder === to) return { kind: 'done', remoteId }
    if (folder !== from) return { kind: 'elsewhere' }
    try {
      const moved = client.mailbox(`${path}/move?$select=id`)
      await unlessTooLarge(() => client.json({ method: 'POST', url: moved, lane: 'sync', body: { destinationId: to } }))
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code !== 'transports.item_gone' || (await hasFolder(to))) throw error
      throw new AppError('transports.target_folder_gone', { cause: error, upstream: error.upstream })
    }
    return { kind: 'done', remoteId }
  }

  async function hasFolder(remoteId: string): Promise<boolean> {
    try {
      await client.json({ url: client.mailbox(`/mailFolders/${segment(remoteId)}?$select=id`), lane: 'sync' })
      return true
    } catch (thrown) {
      if (AppError.from(thrown).code === 'transports.item_gone') return false
      throw thrown
    }
  }

  return {
    markSeen: (remoteIds, isSeen, end) => changeEach(remoteIds, end, (remoteId) => mark(remoteId, isSeen)),
    move: (remoteIds, folders, end) => changeEach(remoteIds, end, (remoteId) => moveOne(remoteId, folders)),
  }
}

/** Graph may answer with the whole message. The change took effect, however long its body is. */
async function unlessTooLarge(change: () => Promise<unknown>): Promise<void> {
  try {
    await change()
  } catch (thrown) {
    if (AppError.from(thrown).code !== 'transports.answer_too_large') throw thrown
  }
}

function isOfOneMessage({ entry, code }: AppError): boolean {
  const isRefused = code === 'transports.request_refused' || code === 'transports.changed_meanwhile'
  return entry.scope === 'message' || isRefused
}
