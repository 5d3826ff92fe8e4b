import type { ListResponse } from 'imapflow'
import { encodePath } from 'imapflow/lib/tools.js'
import type { FolderRole, RemoteFolder } from '../../mail/index.ts'
import type { ImapConnection } from './imap-connection.ts'

/**
 * Roles by special-use flag (RFC 6154). If the server sets none (Exchange), the library detects them by localized
 * names.
 */
const ROLES: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Archive': 'archive',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
}
/** More names of the Sent folder, from Outlook, Apple Mail and providers, that the library does not detect. */
const MORE_NAMES_OF_SENT: ReadonlySet<string> = new Set([
  'versendet',
  'objets envoyés',
  'courrier envoyé',
  'courriers envoyés',
  'skickade',
  'skickade objekt',
  'gönderilenler',
  'εσταλμένα',
  'العناصر المرسلة',
  'poslane stavke',
  'poslane poruke',
  '已傳送',
  '已傳送郵件',
  '寄件匣',
])
/** Exchange folders without mail, which have these names in every language. */
const NO_MAIL = /^(?:Calendar|Contacts|Tasks|Notes|Journal|Outbox|Sync Issues|Conversation History)$/i
/** Maximum length of a path; longer names are hostile. */
const LONGEST_PATH = 1000
const MOST_FOLDERS = 5000
/** Maximum folders to count without LIST-STATUS (RFC 5819), where each costs a request. */
const MOST_COUNTED = 40
/** Age up to which a list of folders is used again. */
const RECENT_MS = 60_000

/** Returns the selectable folders, parents before children. */
export async function listFolders(
  connection: ImapConnection,
  { counted = true, sentFolder }: { counted?: boolean; sentFolder?: string | undefined } = {},
): Promise<RemoteFolder[]> {
  const listed = (await connection.list(sentFolder)).filter(isReadable).slice(0, MOST_FOLDERS)
  listed.sort((a, b) => a.path.split(a.delimiter || '\0').length - b.path.split(b.delimiter || '\0').length)
  const paths = new Set(listed.map(({ path }) => path))
  const sentByName = listed.some((each) => roleOf(each) === 'sent') ? undefined : listed.find(isNamedSent)
  const taken = new Set<FolderRole>()
  const folders: RemoteFolder[] = []
  for (const [index, each] of listed.entries()) {
    const role = each === sentByName ? 'sent' : roleOf(each)
    const isFirst = role !== undefined && !taken.has(role)
    if (isFirst) taken.add(role)
    const counts = counted && (isFirst || index < MOST_COUNTED) ? await countsOf(connection, each.path) : undefined
    folders.push({
      remoteId: each.path,
      parentRemoteId: paths.has(each.parentPath) ? each.parentPath : undefined,
      path: [...each.parent, each.name],
      name: each.name,
      role: isFirst ? role : undefined,
      totalCount: counts?.messages ?? 0,
      unreadCount: counts?.unseen ?? 0,
    })
  }
  return folders
}

const recentLists = new WeakMap<
  ImapConnection,
  { sentFolder: string | undefined; at: number; folders: RemoteFolder[] }
>()

/**
 * Returns the folders without counts, as listed by the same connection at most a minute ago: a search, the copy in Sent
 * and the search after it need them in turn.
 */
export async function listRecentFolders(connection: ImapConnection, sentFolder?: string): Promise<RemoteFolder[]> {
  const known = recentLists.get(connection)
  if (known && known.sentFolder === sentFolder && performance.now() - known.at < RECENT_MS) return known.folders
  const at = performance.now()
  const folders = await listFolders(connection, { counted: false, sentFolder })
  recentLists.set(connection, { sentFolder, at, folders })
  return folders
}

/** Makes the next {@link listRecentFolders} list again, after a folder was refused or not found. */
export function forgetRecentFolders(connection: ImapConnection): void {
  recentLists.delete(connection)
}

/** Counts a folder. A refusal is ignored, so that the other folders are still listed. */
async function countsOf(connection: ImapConnection, path: string) {
  try {
    return await connection.status(path)
  } catch (error) {
    if (connection.isClosed) throw error
    return undefined
  }
}

function isReadable({ path, pathAsListed, parent, name, flags }: ListResponse): boolean {
  if ([...flags].some((flag) => /^\\(?:noselect|nonexistent)$/i.test(flag))) return false
  if (path === '' || path.length > LONGEST_PATH || /[\0\r\n]/.test(path)) return false
  if (parent.length === 0 && NO_MAIL.test(name)) return false
  // A name in invalid modified UTF-7 (RFC 9051 §A.1) is decoded to another name, which no command finds.
  return path === 'INBOX' || encoded(path) === pathAsListed
}

function encoded(path: string): string {
  return encodePath({ enabled: new Set(), capabilities: new Map() } as never, path)
}

function isNamedSent({ name, parent, specialUse }: ListResponse): boolean {
  return specialUse === undefined && isAtTop(parent) && MORE_NAMES_OF_SENT.has(name.normalize('NFKC').toLowerCase())
}

/** Role of a folder. A name counts only at the top level or below the inbox, where some servers store all folders. */
function roleOf({ specialUse, specialUseSource, parent }: ListResponse): FolderRole | undefined {
  const role = specialUse === undefined ? undefined : ROLES[specialUse]
  // `user`: selected by an admin.
  const isSure = specialUseSource === 'extension' || specialUseSource === 'user'
  return role === undefined || role === 'inbox' || isSure || isAtTop(parent) ? role : undefined
}

function isAtTop(parent: readonly string[]): boolean {
  return parent.length === 0 || (parent.length === 1 && parent[0]!.toUpperCase() === 'INBOX')
}
