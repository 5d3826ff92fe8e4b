/** Values that show if a folder has changed. */
export type FolderState = Pick<OpenFolder, 'uidValidity' | 'uidNext' | 'exists' | 'highestModSeq'>

/** Without CONDSTORE, the unseen count shows some changes of flags. */
export type FolderStatus = FolderState & { unseen: number }

/** An open folder, as of the time it was opened. */
export interface OpenFolder {
  path: string
  /** 0 if the server has none. */
  uidValidity: number
  /** Greater than every existing UID. Determined by a request if the server does not report it. */
  uidNext: number
  exists: number
  /** CONDSTORE value (RFC 7162); undefined if the server or the folder does not support it. */
  highestModSeq: bigint | undefined
  /** True if the server reports UIDs of removed messages. */
  tellsVanished: boolean
  /** OBJECTID of the folder (RFC 8474). */
  mailboxId: string | undefined
}

/** Maximum length of an object ID (RFC 8474 §7). */
const LONGEST_MAILBOX_ID = 255

/** Object ID of a folder (RFC 8474); `undefined` if the server has none, or one that is too long. */
export function mailboxIdOf({ mailboxId }: { mailboxId?: unknown }): string | undefined {
  return typeof mailboxId === 'string' && mailboxId.length <= LONGEST_MAILBOX_ID ? mailboxId : undefined
}
