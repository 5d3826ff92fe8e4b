import { MailStoreError, type MailStoreRefusal } from '../mail-store/index.ts'
import type { Arguments } from './arguments.ts'
import { quoted } from './arguments.ts'
import { findNamed, type NamedFolder, namedFolders, compilePattern, findSpecialUse } from './folder-paths.ts'
import { decodeUtf7, encodeUtf7 } from './modified-utf7.ts'
import { argumentError, Refusal } from './refusal.ts'
import type { Command, Session } from './session.ts'

const LONGEST_PATTERN = 1000

/** The first two are observed, the others unconfirmed. */
const REFUSALS: Partial<Record<MailStoreRefusal, string>> = {
  'folder-exists': 'Mailbox already exists.',
  'folder-name-invalid': 'Mailbox name is invalid.',
  'folder-too-deep': 'Mailbox name is invalid.',
  'folder-inside-itself': 'Mailbox name is invalid.',
  'folder-well-known': 'Cannot delete or rename this mailbox.',
}

/** @throws Refusal NO when the folder does not exist; the wording is unconfirmed */
export function folderFrom(session: Session, wire: string, code = ''): NamedFolder {
  const found = findNamed(session.deps.mailStore, session.mailboxId!, wire)
  if (!found) throw new Refusal('NO', `${code}${wire.replace(/[^\x20-\x7e]/g, '?')} doesn't exist.`)
  return found
}

function list(session: Session, args: Arguments, word: 'LIST' | 'LSUB'): string {
  const reference = args.astring()
  const wanted = args.astring()
  args.end()
  const { writer, deps, mailboxId } = session
  if (wanted === '') {
    writer.line(`* ${word} (\\Noselect) "/" ""`)
    return `OK ${word} completed.`
  }
  if (reference.length + wanted.length > LONGEST_PATTERN) throw argumentError()
  const matches = compilePattern(reference + wanted)
  const showsUse = deps.faults.ask('imap.special-use', session.subject()) === 'shown'
  for (const { folder, path, hasChildren } of namedFolders(deps.mailStore, mailboxId!)) {
    if (!matches(path) || (word === 'LSUB' && !deps.subscriptions.has(folder.id))) continue
    const use = showsUse ? findSpecialUse(folder) : undefined
    const attributes = [hasChildren ? '\\HasChildren' : '\\HasNoChildren', ...(use ? [use] : [])]
    writer.line(`* ${word} (${attributes.join(' ')}) "/" ${nameOf(path)}`)
  }
  const strange = word === 'LIST' ? deps.faults.ask('imap.folder-list', session.subject()) : undefined
  for (const name of strange ?? []) writer.line(`* LIST (\\HasNoChildren) "/" ${name}`)
  return `OK ${word} completed.`
}

function nameOf(path: string): string {
  return path === 'INBOX' ? path : quoted(encodeUtf7(path))
}

/** UID values of a folder in responses, which a fault can change. */
export function readUidState(session: Session, folderId: string): { uidValidity: number; uidNext: number | undefined } {
  const { mailStore, faults } = session.deps
  const subject = session.subject()
  const renumbered = faults.find('imap.renumbered', subject)
  if (renumbered && mailStore.uidState(folderId).renewedAt < renumbered.effect.since) {
    mailStore.renewUids(folderId, renumbered.effect.firstUid)
    renumbered.reveal()
  }
  const { uidValidity, uidNext } = mailStore.uidState(folderId)
  return {
    uidValidity: faults.ask('imap.uid-validity', subject) === 'zero' ? 0 : uidValidity,
    uidNext: faults.ask('imap.uid-next', subject) === 'missing' ? undefined : uidNext,
  }
}

type Count = (session: Session, folder: NamedFolder) => number | undefined
const COUNTS: Record<string, Count> = {
  MESSAGES: ({ deps }, { folder }) => deps.mailStore.countsOf(folder.id).totalItemCount,
  RECENT: () => 0,
  UIDNEXT: (session, { folder }) => readUidState(session, folder.id).uidNext,
  UIDVALIDITY: (session, { folder }) => readUidState(session, folder.id).uidValidity,
  UNSEEN: ({ deps }, { folder }) => deps.mailStore.countsOf(folder.id).unreadItemCount,
}

function subscribe(session: Session, args: Arguments, word: 'SUBSCRIBE' | 'UNSUBSCRIBE'): string {
  const { folder } = folderFrom(session, args.astring())
  args.end()
  session.deps.subscriptions.set(folder.id, word === 'SUBSCRIBE')
  return `OK ${word} completed.`
}

/** Creates a folder, including missing parents (RFC 3501 §6.3.3). */
function create({ deps, mailboxId }: Session, wire: string): void {
  const path = decodeUtf7(wire)?.replace(/\/$/, '')
  if (path === undefined || path === '') throw new Refusal('NO', 'Mailbox name is invalid.')
  const levels = path.split('/')
  let parent = deps.mailStore.wellKnownFolder(mailboxId!, 'msgfolderroot').id
  levels.forEach((displayName, i) => {
    const above = findNamed(deps.mailStore, mailboxId!, encodeUtf7(levels.slice(0, i + 1).join('/')))
    if (above && i < levels.length - 1) parent = above.folder.id
    else parent = asRefusal(() => deps.mailStore.addFolder(mailboxId!, parent, displayName)).id
  })
}

function rename(session: Session, from: string, to: string): void {
  const { mailStore } = session.deps
  const { folder } = folderFrom(session, from)
  const path = decodeUtf7(to)?.replace(/\/$/, '')
  if (path === undefined || path === '') throw new Refusal('NO', 'Mailbox name is invalid.')
  const displayName = path.split('/').at(-1)!
  const above = path.split('/').slice(0, -1).join('/')
  const parentId =
    above === ''
      ? mailStore.wellKnownFolder(session.mailboxId!, 'msgfolderroot').id
      : folderFrom(session, encodeUtf7(above)).folder.id
  asRefusal(() => {
    if (parentId !== folder.parentFolderId) mailStore.moveFolder(folder.id, parentId)
    if (displayName !== folder.displayName) mailStore.renameFolder(folder.id, displayName)
  })
}

function asRefusal<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const text = error instanceof MailStoreError ? REFUSALS[error.refusal] : undefined
    throw text === undefined ? error : new Refusal('NO', text)
  }
}

export const folderCommands: Record<string, Command> = {
  LIST: { state: 'signed-in', run: (session, args) => list(session, args, 'LIST') },
  LSUB: {
    state: 'signed-in',
    run(session, args) {
      // Once IMAP4rev2 is enabled, Exchange no longer supports it (docs/reference/microsoft-365.md §E.4).
      if (session.isRev2) throw argumentError()
      return list(session, args, 'LSUB')
    },
  },
  SUBSCRIBE: { state: 'signed-in', run: (session, args) => subscribe(session, args, 'SUBSCRIBE') },
  UNSUBSCRIBE: { state: 'signed-in', run: (session, args) => subscribe(session, args, 'UNSUBSCRIBE') },
  STATUS: {
    state: 'signed-in',
    run(session, args) {
      const named = folderFrom(session, args.astring())
      const items = args.words().map((item) => item.toUpperCase())
      args.end()
      const counts = items.flatMap((item) => {
        const count = Object.hasOwn(COUNTS, item) ? COUNTS[item] : undefined
        if (!count) throw argumentError()
        const number = count(session, named)
        return number === undefined ? [] : [`${item} ${number}`]
      })
      session.writer.line(`* STATUS ${nameOf(named.path)} (${counts.join(' ')})`)
      return 'OK STATUS completed.'
    },
  },
  CREATE: {
    state: 'signed-in',
    run(session, args) {
      const wire = args.astring()
      args.end()
      create(session, wire)
      return 'OK CREATE completed.'
    },
  },
  DELETE: {
    state: 'signed-in',
    run(session, args) {
      const { folder } = folderFrom(session, args.astring())
      args.end()
      asRefusal(() => session.deps.mailStore.removeFolder(folder.id))
      return 'OK DELETE completed.'
    },
  },
  RENAME: {
    state: 'signed-in',
    run(session, args) {
      const [from, to] = [args.astring(), args.astring()]
      args.end()
      rename(session, from, to)
      return 'OK RENAME completed.'
    },
  },
}
