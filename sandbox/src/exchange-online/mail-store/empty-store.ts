import { type Database, openDatabase } from '../../kernel/database.ts'
import { createDirectory, type Directory, seedTenants } from '../../tenants/index.ts'
import { createMailStore, type AttachmentContent, type Change, type MailStore, type MessageContent } from './index.ts'

/** Test fixture: the seeded users with empty mailboxes, a fixed clock, and the changes that listeners received. */
export interface EmptyStore {
  database: Database
  clock: { now(): Date; at: number }
  directory: Directory
  store: MailStore
  heard: Change[]
  faults: unknown[]
}

export const ANNA = '00000000-0000-4000-8000-000000000002'
/** The owner of a German mailbox. */
export const BEN = '00000000-0000-4000-8000-000000000003'

export function openEmptyStore(): EmptyStore {
  const database = openDatabase(':memory:')
  const clock = { at: Date.UTC(2026, 0, 5, 9), now: () => new Date(clock.at) }
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const faults: unknown[] = []
  const store = createMailStore({ database, clock, directory, report: (error) => faults.push(error) })
  const heard: Change[] = []
  store.onChange((change) => heard.push(change))
  return { database, clock, directory, store, heard, faults }
}

export function someContent(changes: Partial<MessageContent> = {}): MessageContent {
  return {
    subject: 'Hello',
    body: { contentType: 'text', content: 'Hello there' },
    from: { name: 'Maria Silva', address: 'maria@kunden.example' },
    sender: undefined,
    to: [{ name: 'Anna Berg', address: 'anna@contoso.example' }],
    cc: [],
    bcc: [],
    replyTo: [],
    internetMessageId: '<hello@kunden.example>',
    references: [],
    inReplyTo: [],
    sentAt: Date.UTC(2026, 0, 5, 8),
    importance: 'normal',
    isDeliveryReceiptRequested: false,
    isReadReceiptRequested: false,
    headers: [],
    ...changes,
  }
}

export function someFile(changes: Partial<AttachmentContent> = {}): AttachmentContent {
  return {
    kind: 'file',
    name: 'a.bin',
    contentType: 'application/octet-stream',
    isInline: false,
    contentId: undefined,
    content: new Uint8Array([1, 2, 3]),
    sourceUrl: undefined,
    ...changes,
  }
}
