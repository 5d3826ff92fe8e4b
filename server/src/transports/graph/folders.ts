import { AppError } from '../../kernel/errors.ts'
import type { FolderRole, RemoteFolder } from '../../mail/index.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { asWire, count, list, text, type Wire } from './wire.ts'

/** Graph's names for what RFC 6154 and RFC 8621 call roles. Display names are in the language of the mailbox. */
export const WELL_KNOWN: Readonly<Record<FolderRole, string>> = {
  inbox: 'inbox',
  sent: 'sentitems',
  drafts: 'drafts',
  archive: 'archive',
  junk: 'junkemail',
  trash: 'deleteditems',
}

const SELECT = '$select=id,displayName,parentFolderId,childFolderCount,unreadItemCount,totalItemCount'
const PAGE = 200
/** A mailbox with more is read as far as this. */
const MOST_FOLDERS = 2000

export interface Folders {
  list(): Promise<RemoteFolder[]>
  /** The id behind a well-known name; undefined when the mailbox has no such folder. Ids of folders never change. */
  idOf(wellKnownName: string): Promise<string | undefined>
}

export function createFolders(client: GraphClient): Folders {
  const ids = new Map<string, Promise<string | undefined>>()

  function idOf(wellKnownName: string): Promise<string | undefined> {
    const known = ids.get(wellKnownName)
    if (known) return known
    const asked = ask(wellKnownName)
    ids.set(wellKnownName, asked)
    // An archive may be made later, and a failure says nothing.
    asked.then(
      (id) => id ?? ids.delete(wellKnownName),
      () => ids.delete(wellKnownName),
    )
    return asked
  }

  async function ask(wellKnownName: string): Promise<string | undefined> {
    try {
      const url = client.mailbox(`/mailFolders/${segment(wellKnownName)}?$select=id`)
      return text(asWire(await client.json({ url, lane: 'sync' })), 'id')
    } catch (error) {
      if (error instanceof AppError && error.code === 'transports.item_gone') return undefined
      throw error
    }
  }

  async function children(parent: RemoteFolder | undefined): Promise<{ folder: RemoteFolder; childCount: number }[]> {
    const path = parent ? `/mailFolders/${segment(parent.remoteId)}/childFolders` : '/mailFolders'
    const found: { folder: RemoteFolder; childCount: number }[] = []
    let url: string | undefined = client.mailbox(`${path}?${SELECT}&$top=${PAGE}`)
    while (url !== undefined && found.length < MOST_FOLDERS) {
      const answer: Wire = asWire(await client.json({ url, lane: 'sync' }))
      for (const wire of list(answer, 'value')) {
        const remoteId = text(wire, 'id')
        if (remoteId === undefined) continue
        const name = text(wire, 'displayName') ?? ''
        found.push({
          childCount: count(wire, 'childFolderCount'),
          folder: {
            remoteId,
            parentRemoteId: parent?.remoteId,
            path: [...(parent?.path ?? []), name],
            name,
            role: undefined,
            totalCount: count(wire, 'totalItemCount'),
            unreadCount: count(wire, 'unreadItemCount'),
          },
        })
      }
      url = text(answer, '@odata.nextLink')
    }
    return found
  }

  return {
    idOf,
    async list() {
      const roles = new Map<string, FolderRole>()
      const entries = Object.entries(WELL_KNOWN) as [FolderRole, string][]
      const found = await Promise.all(entries.map(async ([role, name]) => [role, await idOf(name)] as const))
      for (const [role, id] of found) if (id !== undefined) roles.set(id, role)

      const folders = new Map<string, RemoteFolder>()
      const parents: (RemoteFolder | undefined)[] = [undefined]
      for (const parent of parents) {
        if (folders.size >= MOST_FOLDERS) break
        for (const { folder, childCount } of await children(parent)) {
          // Two of one id would mean a circle.
          if (folders.has(folder.remoteId)) continue
          const known = { ...folder, role: roles.get(folder.remoteId) }
          folders.set(folder.remoteId, known)
          if (childCount > 0) parents.push(known)
        }
      }
      return [...folders.values()]
    },
  }
}
