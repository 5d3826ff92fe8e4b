import { describe, expect, it } from 'vitest'
import type { ShownFolder } from './folder-order.ts'
import { foundIn, holdsChosen, buildTree, type FolderNode } from './folder-tree.ts'

const folder = (path: string[], role?: ShownFolder['role']): ShownFolder => ({
  ...{ remoteId: path.join('|'), path, name: path.at(-1)!, totalCount: 0 },
  ...(role && { role }),
})
const GERMAN = [
  folder(['Kunden', 'Süd']),
  folder(['Posteingang'], 'inbox'),
  folder(['Kunden']),
  folder(['Posteingang', 'Bestellungen', '2024']),
  folder(['Posteingang', 'Bestellungen']),
  folder(['Gelöschte Elemente'], 'trash'),
]

/** Names, with children in brackets. */
function drawn(nodes: readonly FolderNode[]): string {
  return nodes.map(({ names, below }) => names.join('/') + (below.length > 0 ? `[${drawn(below)}]` : '')).join(' ')
}

describe('the tree of folders', () => {
  it('nests each folder in its parent, those with a role first', () => {
    expect(drawn(buildTree(GERMAN))).toBe('Posteingang[Bestellungen[2024]] Gelöschte Elemente Kunden[Süd]')
  })

  it('keeps a folder without its parent in the list, with the names between', () => {
    expect(drawn(buildTree([folder(['Projekte', 'Alt', '2019'])]))).toBe('Projekte/Alt/2019')
    expect(drawn(buildTree([folder(['Projekte']), folder(['Projekte', 'Alt', '2019'])]))).toBe('Projekte[Alt/2019]')
  })

  it('distinguishes folders whose names contain a separator', () => {
    expect(drawn(buildTree([folder(['a/b']), folder(['a']), folder(['a', 'b', 'c'])]))).toBe('a[b/c] a/b')
  })

  it('finds a folder with its parents, and leaves out the rest', () => {
    expect(drawn(foundIn(buildTree(GERMAN), 'SÜD'))).toBe('Kunden[Süd]')
    expect(drawn(foundIn(buildTree(GERMAN), '2024'))).toBe('Posteingang[Bestellungen[2024]]')
    expect(foundIn(buildTree(GERMAN), 'nowhere')).toEqual([])
  })

  it('knows the folders with a selected descendant', () => {
    const [inbox, , kunden] = buildTree(GERMAN)
    const chosen = new Set(['Posteingang|Bestellungen|2024', 'Kunden'])
    expect([holdsChosen(inbox!, chosen), holdsChosen(kunden!, chosen)]).toEqual([true, false])
  })
})
