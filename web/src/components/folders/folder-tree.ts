/** Builds a folder tree from the server's list. */
import { asOutlook, type ShownFolder } from './folder-order.ts'

export interface FolderNode<T extends ShownFolder = ShownFolder> {
  folder: T
  /** Names from the first missing parent on, ending with its own. */
  names: readonly string[]
  below: FolderNode<T>[]
}

/** Outlook's order. A folder without its parent is placed under the nearest known ancestor, or at the top. */
export function buildTree<T extends ShownFolder>(folders: readonly T[]): FolderNode<T>[] {
  const top: FolderNode<T>[] = []
  const byPath = new Map<string, FolderNode<T>>()
  // The order guarantees that parents come first.
  for (const folder of asOutlook(folders)) {
    const path = folder.path.length > 0 ? folder.path : [folder.name]
    const depth = depthOfNearest(path, byPath)
    const node: FolderNode<T> = { folder, names: path.slice(depth), below: [] }
    byPath.set(keyOf(path), node)
    const parent = depth === 0 ? undefined : byPath.get(keyOf(path.slice(0, depth)))
    ;(parent?.below ?? top).push(node)
  }
  return top
}

/** Nodes with the searched words in their names, with their parents. */
export function foundIn<T extends ShownFolder>(nodes: readonly FolderNode<T>[], sought: string): FolderNode<T>[] {
  const wanted = sought.trim().toLocaleLowerCase()
  if (wanted === '') return [...nodes]
  return nodes.flatMap((node) => {
    const below = foundIn(node.below, wanted)
    const isFound = [...node.names, node.folder.name].some((name) => name.toLocaleLowerCase().includes(wanted))
    return isFound || below.length > 0 ? [{ ...node, below }] : []
  })
}

/** `true` when it contains a selected folder, so that it is expanded at first. */
export function holdsChosen({ below }: FolderNode, chosen: ReadonlySet<string>): boolean {
  return below.some((node) => chosen.has(node.folder.remoteId) || holdsChosen(node, chosen))
}

function depthOfNearest(path: readonly string[], byPath: ReadonlyMap<string, unknown>): number {
  for (let depth = path.length - 1; depth > 0; depth--) {
    if (byPath.has(keyOf(path.slice(0, depth)))) return depth
  }
  return 0
}

/** Folder names may contain any character, so no separator is safe. */
function keyOf(path: readonly string[]): string {
  return JSON.stringify(path)
}
