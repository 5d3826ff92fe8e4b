import type { GetEmailAccountsIdFoldersResponse } from '../../api/client.ts'

/** Folder fields that a tree needs, before a mailbox is associated or after. */
export type ShownFolder = Pick<
  GetEmailAccountsIdFoldersResponse['folders'][number],
  'remoteId' | 'name' | 'path' | 'role' | 'totalCount'
>

const ROLES: readonly ShownFolder['role'][] = ['inbox', 'sent', 'drafts', 'archive', 'junk', 'trash']

/** Outlook's order: folders with a role first, the others by name, each below its parent. */
export function asOutlook<T extends Pick<ShownFolder, 'path' | 'role'>>(folders: readonly T[]): T[] {
  const roleOfTop = new Map(folders.filter(({ path }) => path.length === 1).map(({ path, role }) => [path[0], role]))
  const rank = ({ path }: T) => {
    const role = roleOfTop.get(path[0])
    return role === undefined ? ROLES.length : ROLES.indexOf(role)
  }
  return folders.toSorted((a, b) => rank(a) - rank(b) || comparePaths(a.path, b.path))
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [depth, name] of a.entries()) {
    const other = b[depth]
    if (other === undefined) return 1
    const order = name.localeCompare(other, undefined, { numeric: true, sensitivity: 'base' })
    if (order !== 0) return order
  }
  return a.length - b.length
}
