import type { ResponseValue } from './imap-client.ts'
import { atom, sequence } from './imap-client.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { OpenFolder } from './open-folder.ts'
import { readFlags, type Listed } from './list-messages.ts'
import { HIGHEST_UID, parseUidSet, type UidRange } from './uid-ranges.ts'

export interface ChangedSince {
  /** Messages with their current flags. */
  changed: Pick<Listed, 'uid' | 'flags' | 'isDeleted'>[]
  vanished: UidRange[]
}

/** Maximum changes; with more, the folder is compared as a whole. */
const MOST_CHANGED = 50_000

/**
 * Returns changes below `uidNext` since a mod-sequence (RFC 7162 §3.1.4.1), and removed UIDs if the server reports them
 * (§3.2.6). Undefined if there are more than `MOST_CHANGED`.
 */
export async function changedSince(
  connection: ImapConnection,
  folder: OpenFolder,
  since: string,
  uidNext: number,
): Promise<ChangedSince | undefined> {
  const changed: ChangedSince['changed'] = []
  const vanished: UidRange[] = []
  const answer = { isTooMuch: false }
  const last = Math.min(uidNext - 1, HIGHEST_UID)
  if (last < 1) return { changed, vanished }
  const modifiers = [atom('CHANGEDSINCE'), atom(since), ...(folder.tellsVanished ? [atom('VANISHED')] : [])]
  await connection.command('UID FETCH', [sequence(`1:${last}`), [atom('UID'), atom('FLAGS')], modifiers], {
    FETCH({ attributes }) {
      const row = rowOf(attributes?.[1])
      if (changed.length >= MOST_CHANGED) answer.isTooMuch = true
      else if (row && row.uid <= last) changed.push(row)
    },
    VANISHED({ attributes = [] }) {
      const set = attributes.map(textOf).findLast((text) => text !== undefined)
      const ranges = set === undefined ? undefined : parseUidSet(set)
      if (!ranges || vanished.length + ranges.length > MOST_CHANGED) answer.isTooMuch = true
      else vanished.push(...ranges)
    },
  })
  return answer.isTooMuch ? undefined : { changed, vanished }
}

/** Parses `(UID 5 FLAGS (\Seen) MODSEQ (7))`, in any order. */
function rowOf(items: ResponseValue | undefined): Pick<Listed, 'uid' | 'flags' | 'isDeleted'> | undefined {
  if (!Array.isArray(items)) return undefined
  let uid: number | undefined
  let flags: string[] | undefined
  for (let at = 0; at + 1 < items.length; at += 2) {
    const name = textOf(items[at])?.toUpperCase()
    const value = items[at + 1]
    if (name === 'UID') uid = Number(textOf(value))
    if (name === 'FLAGS' && Array.isArray(value)) flags = value.flatMap((one) => textOf(one) ?? [])
  }
  if (flags === undefined || uid === undefined || !(uid >= 1 && uid <= HIGHEST_UID)) return undefined
  return { uid, ...readFlags(flags) }
}

function textOf(one: ResponseValue | undefined): string | undefined {
  return one && !Array.isArray(one) && typeof one.value === 'string' ? one.value : undefined
}
