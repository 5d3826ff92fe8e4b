import { sql } from 'kysely'
import { expect } from 'vitest'
import type { ConversationPlace, FilingAccount } from '../../src/conversations/index.ts'
import type { AppError } from '../../src/kernel/errors.ts'
import type { ConversationId } from '../../src/kernel/ids.ts'
import type { RemoteMessage } from '../../src/mail/index.ts'
import type { MailTransport, MessageChanges } from '../../src/transports/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  storeFolder,
  testDatabase,
} from '../kit/index.ts'

interface FolderServer {
  /** Happens after messages have moved, before Postkey stores that. */
  meanwhile: () => Promise<unknown>
  /** Answer to all moves. */
  refusal: AppError | undefined
}

/** Mailbox actions with a server that holds only folders of messages, and other programs that move them. */
export async function createFoldersStage() {
  const database = await testDatabase()
  const clock = createTestClock()
  /** Folder of each message on the server, by id. */
  const folderOf = new Map<string, string>()
  const server: FolderServer = {
    meanwhile: () => Promise.resolve(),
    refusal: undefined,
  }
  const changing: MessageChanges = {
    markSeen: (remoteIds) => Promise.resolve({ outcomes: new Map(remoteIds.map((id) => [id, { kind: 'done', remoteId: id }])) }), // prettier-ignore
    async move(remoteIds, { from, to }) {
      const move = (remoteId: string) => {
        if (server.refusal) return { kind: 'failed', error: server.refusal } as const
        if (folderOf.get(remoteId) === to) return { kind: 'done', remoteId } as const
        if (folderOf.get(remoteId) !== from) return { kind: 'elsewhere' } as const
        folderOf.set(remoteId, to)
        return { kind: 'done', remoteId } as const
      }
      const outcomes = new Map(remoteIds.map((id) => [id, move(id)]))
      const happens = server.meanwhile
      server.meanwhile = () => Promise.resolve()
      await happens()
      return { outcomes }
    },
  }
  const reading = { owns: () => true, changing } as unknown as MailTransport['reading']
  const { rooms, actionsService } = await createTestApp(database, clock, {
    transports: (composed) => ({
      ...composed,
      open: () => Promise.resolve({ reading } as MailTransport),
      canChange: () => Promise.resolve(true),
    }),
  })
  const { conversations } = rooms
  const act = () => actionsService.catchUp()

  let mails = 0

  /** A mailbox with all actions on. Deleted Items is not synchronized. */
  async function newAccount() {
    const { id } = await storeEmailAccount(database, clock)
    const account: FilingAccount = { id, address: 'support@contoso.example', createdAt: clock.now() }
    const folder = (name: string, role?: string, synced = true) =>
      storeFolder(database, {
        emailAccountId: id,
        remoteId: name,
        name,
        ...(role !== undefined && { role }),
        synced,
      })
    await folder('inbox', 'inbox')
    await folder('junk', 'junk')
    await folder('trash', 'trash', false)
    await folder('Second')
    const closed = await folder('First')
    await database.db
      .insertInto('account_action_settings')
      .values({
        ...{ email_account_id: id, marks_read: true, moves_closed: true, closed_folder_id: closed },
        ...{ moves_spam: true, moves_deleted: true },
      })
      .execute()
    return { id, account, closed }
  }

  async function file(account: FilingAccount, message: RemoteMessage) {
    folderOf.set(message.remoteId, message.folderRemoteId)
    return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!
  }

  /** A message in a mailbox, and what agents and other programs do with it. */
  async function received(
    box: Awaited<ReturnType<typeof newAccount>>,
    folderRemoteId = 'inbox',
    more: Partial<RemoteMessage> = {},
  ) {
    const { account } = box
    const message = customerMessage(clock, ++mails, { folderRemoteId, receivedAt: clock.now(), ...more })
    const { messageId, conversationId } = await file(account, message)
    /** Sync reads where the message is now, after it has left a folder. */
    async function sync(left: string): Promise<void> {
      const { filing } = conversations
      const now = { ...message, folderRemoteId: folderOf.get(message.remoteId)! }
      if (now.folderRemoteId !== 'trash') await file(account, now)
      await database.transaction((tx) => filing.removeFromFolder(tx, account, left, message.remoteId))
      await database.transaction((tx) => filing.confirmPresence(tx, account, messageId, now))
    }
    return {
      messageId,
      conversationId,
      rootId: message.messageId!,
      folder: () => folderOf.get(message.remoteId),
      /** Another program moves it, and sync reads this. */
      drag: async (to: string) => {
        const from = folderOf.get(message.remoteId)!
        folderOf.set(message.remoteId, to)
        await sync(from)
      },
      sync,
      /** Sync reads a page that the server sent while the message was in a folder. */
      readLate: (folder: string) =>
        database.transaction((tx) => conversations.filing.file(tx, account, { ...message, folderRemoteId: folder })),
      place: async () => (await conversations.reading.find(conversationId))!.place,
      /** Changes of place with their authors. */
      placements: async () => {
        const { events } = await rooms.events.list({ emailAccountIds: 'all', subjectId: conversationId })
        return events.flatMap(({ kind, payload }) =>
          /spam|deleted|restored/.test(kind) ? [[kind, (payload as { by?: string }).by]] : [],
        )
      },
      reply: async () => {
        clock.advance(60_000)
        const { remoteConversationId, messageId: root } = message
        const more = { remoteConversationId, references: [root!], inReplyTo: [root!] }
        const { drag } = await received(box, 'inbox', more)
        expect((await conversations.reading.find(conversationId))!.status).toBe('open')
        return { drag }
      },
    }
  }

  const close = (id: ConversationId, by = 'person:anna') => conversations.team.close(id, by)
  const reopen = (id: ConversationId) => conversations.team.reopen(id, 'person:anna')
  const switchOff = (id: FilingAccount['id']) =>
    sql`UPDATE account_action_settings SET moves_closed = false WHERE email_account_id = ${id}`.execute(database.db)
  async function chooseFolder({ id }: { id: FilingAccount['id'] }, folder: string): Promise<void> {
    await sql`UPDATE account_action_settings SET closed_folder_id = folders.id, held_until = NULL FROM folders
      WHERE folders.email_account_id = ${id} AND account_action_settings.email_account_id = ${id}
        AND name = ${folder}`.execute(database.db)
  }
  /** While the mailbox is held, actions are wanted, and none begins. */
  async function whileHeld({ id }: { id: FilingAccount['id'] }, happens: () => Promise<void>): Promise<void> {
    const hold = (until: Date | null) =>
      sql`UPDATE account_action_settings SET held_until = ${until} WHERE email_account_id = ${id}`.execute(database.db)
    await hold(new Date(clock.now().getTime() + 60_000))
    await happens()
    await hold(null)
  }
  const mark = (id: ConversationId, place: ConversationPlace) => conversations.team.setPlace(id, place, 'person:anna')

  return {
    ...{ database, clock, rooms, act, newAccount, received, server },
    ...{ close, reopen, mark, switchOff, chooseFolder, whileHeld },
  }
}
