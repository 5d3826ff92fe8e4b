/** A message of an IMAP server: a UID is unique in one folder as long as its UIDVALIDITY holds (RFC 9051 §2.3.1.1). */
export interface UidInFolder {
  uidValidity: number
  uid: number
  /** The folder, as the server names it. */
  path: string
}

/** `imap:<uidvalidity>:<uid>:<path>`; no id of Graph begins like that. */
export function imapRemoteId({ uidValidity, uid, path }: UidInFolder): string {
  return `imap:${uidValidity}:${uid}:${path}`
}

const REMOTE_ID = /^imap:(\d{1,10}):(\d{1,10}):(.+)$/s

/** Undefined when it is no id of an IMAP server. */
export function readImapRemoteId(remoteId: string): UidInFolder | undefined {
  const [, uidValidity, uid, path] = REMOTE_ID.exec(remoteId) ?? []
  if (uidValidity === undefined || uid === undefined || path === undefined) return undefined
  return { uidValidity: Number(uidValidity), uid: Number(uid), path }
}

export function isImapRemoteId(remoteId: string): boolean {
  return remoteId.startsWith('imap:')
}
