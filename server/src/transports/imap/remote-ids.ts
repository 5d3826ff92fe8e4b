/** Identifies a message on an IMAP server: a UID is unique within a folder and its UIDVALIDITY (RFC 9051 §2.3.1.1). */
export interface UidInFolder {
  uidValidity: number
  uid: number
  /** Path of the folder on the server. */
  path: string
}

/** Formats an id as `imap:<uidvalidity>:<uid>:<path>`. Graph ids never start like this. */
export function imapRemoteId({ uidValidity, uid, path }: UidInFolder): string {
  return `imap:${uidValidity}:${uid}:${path}`
}

const REMOTE_ID = /^imap:(\d{1,10}):(\d{1,10}):(.+)$/s

/** Parses an IMAP id; undefined for any other id. */
export function readImapRemoteId(remoteId: string): UidInFolder | undefined {
  const [, uidValidity, uid, path] = REMOTE_ID.exec(remoteId) ?? []
  if (uidValidity === undefined || uid === undefined || path === undefined) return undefined
  return { uidValidity: Number(uidValidity), uid: Number(uid), path }
}

export function isImapRemoteId(remoteId: string): boolean {
  return remoteId.startsWith('imap:')
}
