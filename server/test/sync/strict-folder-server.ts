import { AppError } from '../../src/kernel/errors.ts'
import type { RemoteFolder, RemoteMessage, SparseMessage } from '../../src/mail/index.ts'
import type {
  ChangePage,
  ChangesOptions,
  Cursor,
  Inventory,
  Lane,
  MailTransport,
  Notifications,
  ReadingTransport,
  SendingTransport,
} from '../../src/transports/index.ts'

interface Change {
  seq: number
  folder: string
  id: string
  told: 'whole' | 'removed' | { flagsAdded: string[]; flagsRemoved: string[] }
}

/**
 * In-memory test server that reports changes like Graph: newest first at the start, sparse later, a move as a removal
 * and a message, and 410 after `forget`. It has no methods that change mail, so such a call is a `TypeError`. It
 * records cursors that it never issued.
 */
export class StrictFolderServer {
  readonly folders: RemoteFolder[] = [
    folder('inbox', 'inbox'),
    folder('sent', 'sent'),
    folder('archive', 'archive'),
    folder('drafts', 'drafts'),
  ]
  pageSize = 10
  pagesTold = 0
  fetched = 0
  listed = 0
  counted = 0
  listedWhole = 0
  /** Reports no changes: `always`, or until a read from the start. */
  silent: 'until-read-again' | 'always' | undefined
  /** Error for a missing folder. Exchange refuses it by IMAP without a response code. */
  missingFolder: 'transports.item_gone' | 'transports.imap_refused' = 'transports.item_gone'
  /** Folders that are listed but refused. */
  readonly refusedFolders = new Set<string>()
  /** As by IMAP: finds a message that left its folder only in the folders named in the request. */
  looksInNamedFolders = false
  /** If true, also refuses requests for the newest messages of a missing folder. */
  missesInNewest = false
  /** Awaited before each page: to pause, to fail, or to change data in between. */
  beforePage: (page: number) => Promise<void> | void = () => undefined
  /** Undefined for a server without notifications. */
  notifications: Notifications | undefined
  readonly #messages = new Map<string, RemoteMessage>()
  readonly #heldBack = new Set<string>()
  readonly #changes: Change[] = []
  readonly #snapshots: { ids: string[]; seq: number }[] = []
  #seq = 0
  #forgottenBefore = 0
  #given = new Set<string>()

  get all(): RemoteMessage[] {
    return [...this.#messages.values()]
  }

  deliver(message: Partial<RemoteMessage> & { remoteId: string }): RemoteMessage {
    const whole = { ...blank, ...message }
    this.#messages.set(whole.remoteId, whole)
    if (this.silent) this.#heldBack.add(whole.remoteId)
    this.#tell(whole.folderRemoteId, whole.remoteId, 'whole')
    return whole
  }

  /** Changes a message without reporting it. */
  replace(id: string, change: Partial<RemoteMessage>): void {
    this.#messages.set(id, { ...this.#messages.get(id)!, ...change })
  }

  flag(id: string, change: { add?: string[]; remove?: string[] }): void {
    const { add = [], remove = [] } = change
    const before = this.#messages.get(id)!
    const flags = [...new Set([...before.flags.filter((flag) => !remove.includes(flag)), ...add])]
    this.#messages.set(id, { ...before, flags })
    this.#tell(before.folderRemoteId, id, { flagsAdded: add, flagsRemoved: remove })
  }

  move(id: string, folderRemoteId: string): void {
    const before = this.#messages.get(id)!
    this.#messages.set(id, { ...before, folderRemoteId })
    this.#tell(before.folderRemoteId, id, 'removed')
    this.#tell(folderRemoteId, id, 'whole')
  }

  /** Adds a message without reporting it. */
  deliverUntold(message: Partial<RemoteMessage> & { remoteId: string }): void {
    this.#messages.set(message.remoteId, { ...blank, ...message })
  }

  deleteUntold(id: string): void {
    this.#messages.delete(id)
  }

  delete(id: string): void {
    const before = this.#messages.get(id)!
    this.#messages.delete(id)
    this.#tell(before.folderRemoteId, id, 'removed')
  }

  deleteFolder(remoteId: string): void {
    this.folders.splice(
      this.folders.findIndex((each) => each.remoteId === remoteId),
      1,
    )
    for (const { remoteId: id, folderRemoteId } of this.all) if (folderRemoteId === remoteId) this.#messages.delete(id)
  }

  /** Responds with 410 to every cursor issued before. */
  forget(): void {
    this.#forgottenBefore = ++this.#seq
  }

  #tell(folderRemoteId: string, id: string, told: Change['told']): void {
    this.#changes.push({ seq: ++this.#seq, folder: folderRemoteId, id, told })
  }

  get transport(): MailTransport {
    const reading = {
      protocol: 'graph' as const,
      owns: () => true,
      notifications: this.notifications,
      watch: undefined,
      renamedFolder: undefined,
      listFolders: async () => [...this.folders],
      changes: (folderId: string, cursor: Cursor | undefined, options: ChangesOptions) =>
        this.#tellChanges(folderId, cursor, options),
      newest: async (folderId: string, limit: number) => {
        this.listed++
        if (this.missesInNewest && !this.folders.some(({ remoteId }) => remoteId === folderId)) {
          throw new AppError(this.missingFolder)
        }
        return this.all
          .filter(({ folderRemoteId, flags }) => folderRemoteId === folderId && !flags.includes('draft'))
          .sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime())
          .slice(0, limit)
          .map(({ remoteId, receivedAt }) => ({ remoteId, receivedAt }))
      },
      inventory: async (folderId: string, since: Date) => this.#inventory(folderId, since),
      fetchMessage: async (id: string, _lane?: Lane, sought?: { folderRemoteIds?: readonly string[] }) => {
        this.fetched++
        const message = this.#messages.get(id)
        const isNamed = message && sought?.folderRemoteIds?.includes(message.folderRemoteId)
        return this.looksInNamedFolders && !isNamed ? undefined : message
      },
    }
    return {
      preflight: async () => ({ checks: [{ what: 'reads', outcome: 'ok' }] }),
      reading: unlessOther(reading) as ReadingTransport,
      sending: unlessOther({}) as SendingTransport,
    }
  }

  #inventory(folderId: string, since: Date): Inventory {
    this.counted++
    const there = () =>
      this.all.filter(
        (each) => each.folderRemoteId === folderId && each.receivedAt >= since && !each.flags.includes('draft'),
      )
    const messages = this.#messages
    return {
      count: there().length,
      list: async () => {
        this.listedWhole++
        return new Set(there().map(({ remoteId }) => remoteId))
      },
      leftOf: async (ids) => [...ids],
      async *fetch(ids) {
        yield* ids.flatMap((id) => messages.get(id) ?? [])
      },
    }
  }

  async *#tellChanges(
    folderId: string,
    given: Cursor | undefined,
    { since, again = false }: ChangesOptions,
  ): AsyncGenerator<ChangePage> {
    let cursor = given
    for (;;) {
      await this.beforePage(++this.pagesTold)
      if (!this.folders.some(({ remoteId }) => remoteId === folderId)) throw new AppError(this.missingFolder)
      if (this.refusedFolders.has(folderId)) throw new AppError('transports.imap_refused')
      if (cursor && !this.#given.has(nameOf(cursor))) throw new TypeError('not a cursor of this server')
      const restarts = cursor !== undefined && Number(cursor.epoch) < this.#forgottenBefore
      const isAgain = restarts || (cursor === undefined && again)
      if (isAgain && this.silent === 'until-read-again') this.silent = undefined
      if (restarts) cursor = this.#beginning(folderId, since, true)
      cursor ??= this.#beginning(folderId, since, again)
      const page = cursor.at === 'first' ? this.#firstPage(folderId, cursor) : this.#laterPage(folderId, cursor)
      cursor = page.cursor
      this.#given.add(nameOf(cursor))
      yield structuredClone({ ...page, restarts: isAgain })
      if (page.done) return
    }
  }

  #beginning(folderId: string, since: Date, reset: boolean): Cursor {
    const ids = this.all
      .filter((each) => each.folderRemoteId === folderId && each.receivedAt >= since)
      .filter(({ remoteId }) => this.silent === undefined || !this.#heldBack.has(remoteId))
      .sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime())
      .map(({ remoteId }) => remoteId)
    const cursor = { at: 'first', snapshot: this.#snapshots.length, offset: 0, reset, epoch: this.#forgottenBefore }
    // Changes held back are reported after the silence.
    this.#snapshots.push({ ids, seq: this.silent ? 0 : this.#seq })
    this.#given.add(nameOf(cursor))
    return cursor
  }

  #firstPage(folderId: string, cursor: Cursor): ChangePage {
    const { ids, seq } = this.#snapshots[Number(cursor.snapshot)]!
    const end = Number(cursor.offset) + this.pageSize
    const upserts = ids
      .slice(Number(cursor.offset), end)
      .map((id) => this.#messages.get(id))
      .filter((each) => each?.folderRemoteId === folderId)
      .filter((each) => each !== undefined)
    const done = end >= ids.length
    const next: Cursor = done ? { at: 'changes', seq, epoch: cursor.epoch ?? 0 } : { ...cursor, offset: end }
    return { upserts, removed: [], cursor: next, reset: cursor.reset === true, restarts: false, firstRound: true, done }
  }

  #laterPage(folderId: string, cursor: Cursor): ChangePage {
    if (this.silent) {
      return { upserts: [], removed: [], cursor, reset: false, restarts: false, firstRound: false, done: true }
    }
    const news = this.#changes.filter(({ folder: in_, seq }) => in_ === folderId && seq > Number(cursor.seq))
    const page = news.slice(0, this.pageSize)
    const upserts: (RemoteMessage | SparseMessage)[] = []
    const removed: string[] = []
    for (const { id, told } of page) {
      const now = this.#messages.get(id)
      if (told === 'removed' || now?.folderRemoteId !== folderId) removed.push(id)
      else if (told === 'whole') upserts.push(now)
      else upserts.push({ partial: true, remoteId: id, folderRemoteId: folderId, ...told })
    }
    const done = page.length === news.length
    const next: Cursor = { ...cursor, seq: done ? this.#seq : page.at(-1)!.seq }
    return { upserts, removed, cursor: next, reset: false, restarts: false, firstRound: false, done }
  }
}

/** Returns an object that throws on access to any other property. */
function unlessOther<T extends object>(known: T): unknown {
  return new Proxy(known, {
    get(target, name) {
      // `await` reads `then` to check for a promise.
      if (name in target || name === 'then') return target[name as keyof typeof target]
      throw new TypeError(`${String(name)} is not for readers`)
    },
  })
}

/** Independent of key order, because a stored cursor may return with its fields in another order. */
function nameOf(cursor: Cursor): string {
  return JSON.stringify(Object.entries(cursor).sort())
}

function folder(remoteId: string, role: NonNullable<RemoteFolder['role']>): RemoteFolder {
  return { remoteId, parentRemoteId: undefined, path: [remoteId], name: remoteId, role, totalCount: 0, unreadCount: 0 }
}

const blank: Omit<RemoteMessage, 'remoteId'> = {
  partial: false,
  folderRemoteId: 'inbox',
  messageId: undefined,
  inReplyTo: [],
  references: [],
  remoteConversationId: undefined,
  subject: 'Hello',
  from: { name: 'Kim', address: 'kim@customer.example' },
  sender: undefined,
  to: [{ name: 'Support', address: 'support@contoso.example' }],
  cc: [],
  bcc: [],
  replyTo: [],
  sentAt: undefined,
  receivedAt: new Date('2025-12-31T12:00:00Z'),
  flags: [],
  preview: '',
  body: { type: 'text', content: '' },
  hasAttachments: false,
  headers: [],
}
