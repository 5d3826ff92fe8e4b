import type { Folder, MailStore } from '../mail-store/index.ts'
import { decodeUtf7, encodeUtf7 } from './modified-utf7.ts'

/** A folder with its IMAP name. */
export interface NamedFolder {
  folder: Folder
  /** Names separated by `/`, not yet encoded; `INBOX` for the inbox in any language. */
  path: string
  hasChildren: boolean
}

const MOST_FOLDERS = 10_000

/** Special uses of RFC 6154 for the folders of a mailbox. */
const SPECIAL_USES: Partial<Record<string, string>> = {
  sentitems: '\\Sent',
  drafts: '\\Drafts',
  deleteditems: '\\Trash',
  junkemail: '\\Junk',
  archive: '\\Archive',
}

export function findSpecialUse({ wellKnownName }: Folder): string | undefined {
  return wellKnownName && SPECIAL_USES[wellKnownName]
}

/** All folders visible to IMAP: below the root, not hidden, without the separator in their name. */
export function namedFolders(mailStore: MailStore, mailboxId: string): NamedFolder[] {
  const found: NamedFolder[] = []
  visit(undefined, '')
  return found

  function visit(parentId: string | undefined, above: string): boolean {
    const children = mailStore
      .listFolders(mailboxId, parentId)
      .filter(({ isHidden, displayName }) => !isHidden && !displayName.includes('/'))
    for (const folder of children) {
      if (found.length >= MOST_FOLDERS) break
      const path = folder.wellKnownName === 'inbox' ? 'INBOX' : above + folder.displayName
      const named = { folder, path, hasChildren: false }
      found.push(named)
      named.hasChildren = visit(folder.id, `${path}/`)
    }
    return children.length > 0
  }
}

/** Finds a folder by its encoded name, ignoring case as Exchange does. */
export function findNamed(mailStore: MailStore, mailboxId: string, wire: string): NamedFolder | undefined {
  const path = decodeUtf7(wire)
  if (path === undefined) return undefined
  const wanted = folderKey(path.replace(/\/$/, ''))
  return namedFolders(mailStore, mailboxId).find((each) => folderKey(each.path) === wanted)
}

export function folderKey(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

/** Matcher for encoded names: `*` matches anything, `%` anything within one level (RFC 3501 §6.3.8). */
export function compilePattern(wire: string): (path: string) => boolean {
  // Adjacent wildcards equal a single one; without merging them, matching could take exponential time.
  const parts = wire
    .replace(/[%*]*\*[%*]*/g, '*')
    .replace(/%+/g, '%')
    .toLowerCase()
    .split(/([%*])/)
  return (path) => matches(encodeUtf7(path).toLowerCase(), parts)
}

/**
 * Tracks the set of reachable positions. Greedy matching with one backtrack per wildcard fails for two kinds of
 * wildcards.
 */
function matches(name: string, parts: readonly string[]): boolean {
  let reached = new Set([0])
  for (const part of parts) {
    const next = new Set<number>()
    if (part === '*') for (let i = Math.min(...reached); i <= name.length; i++) next.add(i)
    else if (part === '%') {
      for (const from of reached) {
        for (let i = from; i <= name.length && !next.has(i); i++) {
          next.add(i)
          if (name[i] === '/') break
        }
      }
    } else for (const from of reached) if (name.startsWith(part, from)) next.add(from + part.length)
    if (next.size === 0) return false
    reached = next
  }
  return reached.has(name.length)
}
