/** Folders without IDLE: their state is requested at intervals while another folder is in IDLE. */
import { AppError } from '../../kernel/errors.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { FolderState } from './open-folder.ts'

/** State of a folder whose STATUS is refused; a run determines the reason. */
const REFUSED = 'refused'

/** A synced folder without IDLE. */
export interface OtherFolder {
  path: string
  read: FolderState | undefined
}

/** States of the other folders, kept between rounds. */
export interface OtherStates {
  /** States at the last reading, by path. */
  read: Map<string, string>
  /** States for which a hint was given, by path. */
  told: Map<string, string>
  unseen: Map<string, number>
  /** Index of the next folder to check. */
  next: number
}

/**
 * Checks the state of other folders and gives one hint per changed state. Starts after the folder checked last.
 *
 * @returns number of folders checked
 */
export async function checkOtherFolders(
  connection: ImapConnection,
  folders: readonly OtherFolder[],
  states: OtherStates,
  { most, onHint, over }: { most: number; onHint: () => void; over: AbortSignal },
): Promise<number> {
  const { told, unseen } = states
  for (let asked = 0; asked < most; asked++) {
    if (over.aborted) return asked
    const { path, read } = folders[states.next % folders.length]!
    if (read && !states.read.has(path)) states.read.set(path, stateOf(read))
    const found = await stateIfThere(connection, path)
    const state = found ? stateOf(found) : REFUSED
    const isChanged = state !== states.read.get(path) && state !== told.get(path)
    const isSeen = found !== undefined && unseen.has(path) && unseen.get(path) !== found.unseen
    told.set(path, state)
    if (found) unseen.set(path, found.unseen)
    states.next = (states.next + 1) % folders.length
    if (isChanged || isSeen) onHint()
  }
  return Math.max(most, 0)
}

async function stateIfThere(connection: ImapConnection, path: string) {
  try {
    return await connection.stateOf(path)
  } catch (error) {
    if (AppError.from(error).code === 'transports.item_gone') return undefined
    throw error
  }
}

/** The values of a folder state as one text, to compare states. */
export function stateOf({ uidValidity, uidNext, exists, highestModSeq }: FolderState): string {
  return [uidValidity, uidNext, exists, highestModSeq ?? ''].join(':')
}
