import { createHash } from 'node:crypto'
import type { Listed } from './list-messages.ts'

/**
 * Where a server cannot say what changed (Exchange knows neither CONDSTORE nor QRESYNC), the newest messages of a folder
 * are listed with their flags and compared with a digest of what was listed the last time. UIDs are told apart by blocks,
 * so that one flag brings up a hundred messages and not two thousand, and nothing at all when nothing changed.
 */
export const WINDOW = 2000
const MOST_BLOCKS = 64
const SMALLEST_SHIFT = 7

/** Digests by block, and how many bits of a UID count inside one. */
export interface WindowDigest {
  shift: number
  blocks: Readonly<Record<string, string>>
}

export interface WindowChanges {
  digest: WindowDigest
  /** Those of blocks in which something changed. */
  changed: Listed[]
  /** Of these UIDs and between them, no others are left; undefined when nothing changed. */
  left: ((uid: number) => boolean) | undefined
}

/** `listed` are all messages of the folder whose UIDs are in `[from, below)`. */
export function compareWindow(
  listed: readonly Listed[],
  before: WindowDigest | undefined,
  { from, below }: { from: number; below: number },
): WindowChanges {
  const shift = shiftOf(from, below)
  const byBlock = new Map<number, Listed[]>()
  for (const each of listed) {
    const block = Math.floor(each.uid / 2 ** shift)
    byBlock.set(block, [...(byBlock.get(block) ?? []), each])
  }
  const blocks: Record<string, string> = {}
  for (const [block, messages] of byBlock) blocks[block] = digestOf(messages)
  const known = before?.shift === shift ? before.blocks : undefined
  const changedBlocks = new Set(
    [...Object.keys(blocks), ...Object.keys(known ?? {})]
      .filter((block) => blocks[block] !== known?.[block])
      .map(Number),
  )
  const changed = [...byBlock].flatMap(([block, messages]) => (changedBlocks.has(block) ? messages : []))
  const present = new Set(listed.filter(({ isDeleted }) => !isDeleted).map(({ uid }) => uid))
  return {
    digest: { shift, blocks },
    changed: changed.filter(({ isDeleted }) => !isDeleted),
    left:
      known && changedBlocks.size === 0
        ? undefined
        : (uid) =>
            uid >= from &&
            uid < below &&
            (!known || changedBlocks.has(Math.floor(uid / 2 ** shift))) &&
            !present.has(uid),
  }
}

/** UIDs may lie far apart: blocks are so wide that there are not many. */
function shiftOf(from: number, below: number): number {
  const span = Math.max(below - from, 1)
  return Math.max(SMALLEST_SHIFT, Math.ceil(Math.log2(span / MOST_BLOCKS)))
}

function digestOf(messages: readonly Listed[]): string {
  const lines = messages
    .toSorted((a, b) => a.uid - b.uid)
    .map(({ uid, flags, isDeleted }) => `${uid} ${isDeleted ? '-' : '+'} ${flags.toSorted().join(' ')}`)
  return createHash('sha256').update(lines.join('\n')).digest('base64url').slice(0, 12)
}
