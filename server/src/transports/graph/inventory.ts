import { AppError } from '../../kernel/errors.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { Inventory, Lane } from '../mail-transport.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { asWire, list, text, type Wire } from './wire.ts'

const PAGE = 1000
/** Maximum number of pages: enough for a million messages, and a limit for circular links. */
const MOST_PAGES = 1000

export interface GraphInventoryDeps {
  client: GraphClient
  fetchMessage: (remoteId: string, lane?: Lane) => Promise<RemoteMessage | undefined>
}

/** Inventory of a folder: the count in one request, and ids in one request per thousand. */
export async function folderInventory(
  { client, fetchMessage }: GraphInventoryDeps,
  folderRemoteId: string,
  since: Date,
): Promise<Inventory> {
  // Exchange sorts only by the filtered properties, in the same order.
  const filter = encodeURIComponent(`receivedDateTime ge ${since.toISOString()} and isDraft eq false`)
  const path = `/mailFolders/${segment(folderRemoteId)}/messages?$filter=${filter}`
  const answer = asWire(
    await client.json({ url: client.mailbox(`${path}&$count=true&$top=1&$select=id`), lane: 'sync' }),
  )
  const reportedCount = answer['@odata.count']

  async function ids(): Promise<Set<string>> {
    const found = new Set<string>()
    const order = encodeURIComponent('receivedDateTime desc')
    let url: string | undefined = client.mailbox(`${path}&$orderby=${order}&$top=${PAGE}&$select=id`)
    for (let page = 0; url !== undefined; page++) {
      if (page === MOST_PAGES) throw new AppError('transports.answer_too_large')
      const some: Wire = asWire(await client.json({ url, lane: 'import' }))
      for (const item of list(some, 'value')) {
        const id = text(item, 'id')
        if (id !== undefined) found.add(id)
      }
      url = text(some, '@odata.nextLink')
    }
    return found
  }

  return {
    count: typeof reportedCount === 'number' ? reportedCount : undefined,
    list: ids,
    leftOf: (left) => Promise.resolve([...left]),
    async *fetch(wanted) {
      for (const id of wanted) {
        const message = await fetchMessage(id, 'import')
        const isHere = message?.folderRemoteId === folderRemoteId && !message.flags.includes('draft')
        if (message && isHere && message.receivedAt >= since) yield message
      }
    },
  }
}
