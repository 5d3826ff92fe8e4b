import type { ImapFlow } from 'imapflow'
import { encodePath } from 'imapflow/lib/tools.js'
import { atom, command, sequence, type Untagged } from './imap-client.ts'
import { expandUidSet } from './uid-ranges.ts'

/** UIDs that messages got in another folder, by their UIDs before. */
export interface NewUids {
  uidValidity: number
  uids: ReadonlyMap<number, number>
}

/**
 * Moves messages of the open folder. The method of the library only logs a refusal, so its response code would be lost.
 *
 * @returns undefined if the server does not report the new UIDs
 * @see RFC 6851 §3.2
 */
export async function uidMove(client: ImapFlow, uids: string, to: string): Promise<NewUids | undefined> {
  let untagged: NewUids | undefined
  const tagged = await command(client, 'UID MOVE', [sequence(uids), atom(encodePath(client, to))], {
    // Servers should send it before the EXPUNGE responses (RFC 6851 §4.3).
    OK: (response) => void (untagged ??= readCopyUid(response)),
  })
  return untagged ?? readCopyUid(tagged)
}

/** Reads `[COPYUID <uidvalidity> <uids> <new uids>]` (RFC 4315 §3). */
function readCopyUid({ attributes }: Pick<Untagged, 'attributes'>): NewUids | undefined {
  const [first] = attributes ?? []
  const section = first && 'section' in first && Array.isArray(first.section) ? (first.section as unknown[]) : []
  const [code, uidValidity = '', before = '', after = ''] = section.map((each) => {
    const { value } = (each ?? {}) as { value?: unknown }
    return typeof value === 'string' ? value : ''
  })
  if (code?.toUpperCase() !== 'COPYUID' || !/^\d{1,10}$/.test(uidValidity)) return undefined
  const [from, to] = [expandUidSet(before), expandUidSet(after)]
  if (!from || from.length !== to?.length) return undefined
  return { uidValidity: Number(uidValidity), uids: new Map(from.map((uid, at) => [uid, to[at]!])) }
}
