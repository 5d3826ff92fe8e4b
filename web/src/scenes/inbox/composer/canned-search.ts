import type { CannedResponseEntry } from '../../../api/client.ts'

type Searched = Pick<CannedResponseEntry, 'name' | 'folder' | 'preview' | 'usedCount'>

/** Finds canned responses by the beginnings of words: first by name, then by folder and text; the most used first. */
export function findCanned<Entry extends Searched>(entries: readonly Entry[], searched: string): Entry[] {
  const wanted = wordsOf(searched)
  const ranked = entries.flatMap((entry) => {
    const names = wordsOf(entry.name)
    const all = [...names, ...wordsOf(entry.folder), ...wordsOf(entry.preview)]
    if (begins(names, wanted)) return [{ entry, rank: 0 }]
    return begins(all, wanted) ? [{ entry, rank: 1 }] : []
  })
  return ranked
    .sort((one, other) => one.rank - other.rank || other.entry.usedCount - one.entry.usedCount)
    .map(({ entry }) => entry)
}

function begins(words: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((each) => words.some((word) => word.startsWith(each)))
}

function wordsOf(text: string): string[] {
  return text
    .toLocaleLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}
