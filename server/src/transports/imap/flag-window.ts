import { createHash } from 'node:crypto'
import type { Listed } from './list-messages.ts'

/**
 * Number of newest messages compared on a server that can't report changes (Exchange supports neither CONDSTORE nor
 * QRESYNC). They are listed with their flags and compared with a digest of the last list. UIDs are grouped in blocks,
 * so that one changed flag reports about a hundred messages, and an unchanged window none.
 */
export const WINDOW = 2000
const MOST_BLOCKS = 64
const SMALLEST_SHIFT = 7

/** Digest of each block. `shift`: number of UID bits within a block. */
export interface WindowDigest {
  shift: number
  blocks: Readonly<Record<string, string>>
}

export interface WindowChanges {
  digest: WindowDigest
  /** All messages in changed blocks. */
  changed: Listed[]
  /** Returns true for UIDs of the window that were removed; undefined if nothing changed. */
  left: ((uid: number) => boolean) | undefined
}

/** Compares a window. `listed`: all messages of the folder with UIDs in `[from, below)`. */
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

/** Block width, chosen so that the number of blocks stays small even if UIDs are far apart. */
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
