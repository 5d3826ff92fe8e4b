import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from './mail-store.ts'
import { makePdf } from './seed-mail/files.ts'
import type { Letter } from './seed-mail/letter.ts'
import { OTHER_LETTERS } from './seed-mail/other-letters.ts'
import { SUPPORT_LETTERS } from './seed-mail/support-letters.ts'

const SEEDED = 'mail_store.story_seeded'
const HOUR_MS = 3_600_000

/**
 * Stores the sample mail in the mailboxes of the seeded users: a conversation without References, a letter in
 * ISO-2022-JP, a bounced reply, 25 MB of plans and other typical mail. Only at the first start; dates lie in the days
 * before.
 */
export async function seedMail(deps: {
  database: Database
  clock: Clock
  directory: Directory
  mailStore: MailStore
}): Promise<void> {
  const { database, clock, directory, mailStore } = deps
  const seeded = database.setting(SEEDED)
  if (seeded === 'yes') return
  // An interrupted start left half of the sample mail. No client has read it yet, because the sites open after seeding.
  if (seeded === 'begun') removeAll()
  database.setSetting(SEEDED, 'begun')
  const toldAt = clock.now().getTime()
  const letters = [...SUPPORT_LETTERS, ...OTHER_LETTERS].sort((one, other) => other.hoursAgo - one.hoursAgo)

  for (const letter of letters) {
    const mailboxId = mailboxOf(letter.mailbox)
    if (mailboxId === undefined) continue
    const receivedAt = Math.floor((toldAt - letter.hoursAgo * HOUR_MS) / 1000) * 1000
    await mailStore.appendMime(mailboxId, folderFor(mailboxId, letter), letter.mime(new Date(receivedAt)), {
      receivedAt,
      flags: {
        isRead: letter.isRead ?? false,
        flagStatus: letter.isFlagged ? 'flagged' : 'notFlagged',
        categories: letter.categories ?? [],
      },
    })
  }
  seedLargeLetter(mailboxOf('billing@contoso.example'))
  seedDraft(mailboxOf('ben@contoso.example'))
  database.setSetting(SEEDED, 'yes')

  function removeAll(): void {
    for (const { userId: mailboxId } of directory.people.listMailboxes()) {
      const limit = mailStore.countMessages({ mailboxId })
      for (const { key } of mailStore.listMessages({ mailboxId, limit, withContent: false })) mailStore.remove(key)
    }
  }

  function mailboxOf(address: string): string | undefined {
    const user = directory.people.findUserByAddress(address)
    return user && directory.people.findMailbox(user.id)?.userId
  }

  function folderFor(mailboxId: string, { folder }: Letter): string {
    const wellKnown = mailStore.folder(mailboxId, folder)
    if (wellKnown) return wellKnown.id
    const inbox = mailStore.wellKnownFolder(mailboxId, 'inbox').id
    const existing = mailStore.listFolders(mailboxId, inbox).find(({ displayName }) => displayName === folder)
    return (existing ?? mailStore.addFolder(mailboxId, inbox, folder)).id
  }

  /** Stored as parts: its 34 MB of MIME are composed on demand. */
  function seedLargeLetter(mailboxId: string | undefined): void {
    if (mailboxId === undefined) return
    const sentAt = Math.floor((toldAt - 40 * HOUR_MS) / 1000) * 1000
    const from = { name: 'Studio Norte', address: 'plans@norte.example' }
    const internetMessageId = '<plans.25mb@norte.example>'
    mailStore.append(
      mailboxId,
      'inbox',
      {
        subject: 'Plans of the new warehouse',
        body: { contentType: 'html', content: '<p>All 60 sheets are in the file, in full resolution.</p>' },
        from,
        sender: from,
        to: [{ name: 'Contoso Billing', address: 'billing@contoso.example' }],
        cc: [],
        bcc: [],
        replyTo: [],
        internetMessageId,
        references: [],
        inReplyTo: [],
        sentAt,
        importance: 'normal',
        isDeliveryReceiptRequested: false,
        isReadReceiptRequested: false,
        headers: [
          { name: 'From', value: 'Studio Norte <plans@norte.example>' },
          { name: 'To', value: 'Contoso Billing <billing@contoso.example>' },
          { name: 'Subject', value: 'Plans of the new warehouse' },
          { name: 'Message-ID', value: internetMessageId },
        ],
      },
      [
        {
          kind: 'file',
          name: 'warehouse-plans.pdf',
          contentType: 'application/pdf',
          isInline: false,
          contentId: undefined,
          content: makePdf('Plans of the new warehouse', 25 * 1024 * 1024),
          sourceUrl: undefined,
        },
      ],
      { receivedAt: sentAt },
    )
  }

  function seedDraft(mailboxId: string | undefined): void {
    if (mailboxId === undefined) return
    const ben = { name: 'Ben Ito', address: 'ben@contoso.example' }
    mailStore.append(
      mailboxId,
      'drafts',
      {
        subject: 'Angebot für 40 Stühle',
        body: { contentType: 'text', content: 'Sehr geehrte Frau Silva,\r\n\r\n' },
        from: ben,
        sender: ben,
        to: [{ name: 'Maria Silva', address: 'maria.silva@kunden.example' }],
        cc: [],
        bcc: [],
        replyTo: [],
        internetMessageId: '<AM8P250MB0124F5@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
        references: [],
        inReplyTo: [],
        sentAt: toldAt,
        importance: 'normal',
        isDeliveryReceiptRequested: false,
        isReadReceiptRequested: false,
        headers: [],
      },
      [],
      { flags: { isDraft: true, isRead: true } },
    )
  }
}
