import type { EmailAccountId } from '../kernel/ids.ts'
import type { RemoteFolder } from '../mail/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { Folders } from './folders.ts'
import type { Transports } from '../transports/index.ts'

/** A folder on the server, with its selection for reading. */
export interface FolderChoice extends RemoteFolder {
  synced: boolean
}

/** Folders of the server compared with the selected ones, and the progress of the import. */
export function createFolderChoices({
  transports,
  folders,
  get,
}: Pick<AccountChanges, 'get'> & { transports: Pick<Transports, 'open'>; folders: Folders }) {
  async function folderChoices(id: EmailAccountId): Promise<FolderChoice[]> {
    const account = await get(id)
    const [remote, known] = await Promise.all([
      transports.open(account).then(({ reading }) => reading.listFolders()),
      folders.list(id),
    ])
    const read = new Set(known.filter(({ synced }) => synced).map(({ remoteId }) => remoteId))
    return remote.map((folder) => ({ ...folder, synced: read.has(folder.remoteId) }))
  }

  async function importProgress(id: EmailAccountId) {
    const read = (await folders.list(id)).filter(({ synced }) => synced)
    const done = read.length > 0 && read.every(({ imported }) => imported)
    const imported = read.reduce((sum, folder) => sum + folder.importedCount, 0)
    const totals = read.map((folder) =>
      folder.imported ? folder.importedCount : Math.max(folder.importedCount, folder.remoteTotal ?? 0),
    )
    return { imported, aboutTotal: totals.reduce((sum, total) => sum + total, 0), done }
  }

  return { folderChoices, importProgress }
}
