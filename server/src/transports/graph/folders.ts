import { AppError } from '../../kernel/errors.ts'
import type { FolderRole, RemoteFolder } from '../../mail/index.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { asWire, count, list, text, type Wire } from './wire.ts'

/**
 * Graph's well-known names of folder roles (RFC 6154, RFC 8621). Display names depend on the language of the mailbox.
 */
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
/** Maximum number of folders; further ones are ignored. */
const MOST_FOLDERS = 2000

export interface GraphFolders {
  list(): Promise<RemoteFolder[]>
  /** Returns the id of a well-known folder; undefined if the mailbox has none. Folder ids never change. */
  idOf(wellKnownName: string): Promise<string | undefined>
}

export function createFolders(client: GraphClient): GraphFolders {
  const ids = new Map<string, Promise<string | undefined>>()

  function idOf(wellKnownName: string): Promise<string | undefined> {
    const known = ids.get(wellKnownName)
    if (known) return known
    const asked = ask(wellKnownName)
    ids.set(wellKnownName, asked)
    // Not cached if missing or after an error: an archive may be created later.
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
          // A repeated id would cause an endless loop.
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
