import type { Folder, FolderCounts } from '../mail-store/index.ts'
import { badQuery } from './odata-query.ts'

export const FOLDER_PROPERTIES: ReadonlySet<string> = new Set([
  'id',
  'displayName',
  'parentFolderId',
  'childFolderCount',
  'unreadItemCount',
  'totalItemCount',
  'isHidden',
])

/** A `mailFolder` in Graph's JSON. For the root, Graph omits the parent property. */
export function folderJson(folder: Folder, counts: FolderCounts): Record<string, unknown> {
  return {
    id: folder.id,
    displayName: folder.displayName,
    ...(folder.parentFolderId !== undefined && { parentFolderId: folder.parentFolderId }),
    childFolderCount: counts.childFolderCount,
    unreadItemCount: counts.unreadItemCount,
    totalItemCount: counts.totalItemCount,
    isHidden: folder.isHidden,
  }
}

/** Keeps the selected properties and the id; `type` names the entity in errors. */
export function selected(
  entity: Record<string, unknown>,
  select: readonly string[] | undefined,
  type: string,
  properties: ReadonlySet<string>,
): Record<string, unknown> {
  if (!select || select.includes('*')) return entity
  const known = new Map([...properties].map((name) => [name.toLowerCase(), name]))
  const wanted = new Set(['id'])
  for (const name of select) {
    const property = known.get(name.toLowerCase())
    if (property === undefined) {
      throw badQuery(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      )
    }
    wanted.add(property)
  }
  return Object.fromEntries(Object.entries(entity).filter(([name]) => wanted.has(name)))
}
