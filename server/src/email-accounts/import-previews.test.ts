import { describe, expect, it } from 'vitest'
import type { Clock } from '../kernel/clock.ts'
import type { FolderRole, RemoteFolder } from '../mail/index.ts'
import type { ReadingTransport } from '../transports/index.ts'
import { previewImport } from './import-previews.ts'

const clock: Clock = { now: () => new Date('2026-01-31T00:00:00Z') }
const DAY_MS = 24 * 60 * 60_000

interface Mail {
  daysAgo: number
  thread: string
}

function folder(remoteId: string, totalCount: number, role?: FolderRole): RemoteFolder {
  return { remoteId, parentRemoteId: undefined, path: [remoteId], name: remoteId, role, totalCount, unreadCount: 0 }
}

/** Server that counts requests per folder, and lists at most `listed` messages of a folder. */
function server(content: Record<string, readonly Mail[]>, { roles = {}, protocol = 'graph', listed = 1000 } = {}) {
  const asked: string[] = []
  const since = (remoteId: string, from: Date) =>
    content[remoteId]!.map(({ daysAgo, thread }) => ({
      receivedAt: new Date(clock.now().getTime() - daysAgo * DAY_MS),
      remoteConversationId: thread,
    }))
      .filter(({ receivedAt }) => receivedAt >= from)
      .sort((one, other) => other.receivedAt.getTime() - one.receivedAt.getTime())
  const reading = {
    protocol,
    listFolders: async () =>
      Object.entries(content).map(([id, mail]) => folder(id, mail.length, (roles as Record<string, FolderRole>)[id])),
    inventory: async (remoteId: string, from: Date) => {
      asked.push(remoteId)
      const found = since(remoteId, from)
      return protocol === 'imap' ? { list: async () => new Set(found.keys()) } : { count: found.length }
    },
    ...(protocol === 'graph' && {
      newestThreads: async (remoteId: string, { since: from, limit }: { since: Date; limit: number }) =>
        since(remoteId, from).slice(0, Math.min(limit, listed)),
    }),
  } as unknown as ReadingTransport
  return { reading, asked }
}

const INBOX: readonly Mail[] = [
  { daysAgo: 1, thread: 'a' },
  { daysAgo: 2, thread: 'a' },
  { daysAgo: 20, thread: 'b' },
  { daysAgo: 80, thread: 'c' },
]

describe('the preview of an import', () => {
  it('counts messages and conversations of Inbox and Sent Items in each window, a conversation in both once', async () => {
    const content = { in: INBOX, out: [{ daysAgo: 1, thread: 'a' }], other: INBOX, none: [] }
    const { reading, asked } = server(content, { roles: { in: 'inbox', out: 'sent' } })

    expect(await previewImport(reading, { clock, days: [7, 30, 90] })).toEqual({
      windows: [
        { days: 7, messages: 3, conversations: { count: 1, isEstimate: false } },
        { days: 30, messages: 4, conversations: { count: 2, isEstimate: false } },
        { days: 90, messages: 5, conversations: { count: 3, isEstimate: false } },
      ],
      foldersCounted: 2,
      foldersLeftOut: 0,
      countsWholeDays: false,
    })
    expect(asked).toHaveLength(6)
  })

  it('estimates conversations in proportion to the listed messages, and says so', async () => {
    const mail = Array.from({ length: 100 }, (_, n) => ({ daysAgo: n / 10, thread: `t${Math.floor(n / 2)}` }))
    const { reading } = server({ in: mail }, { roles: { in: 'inbox' }, listed: 20 })

    const { windows } = await previewImport(reading, { clock, days: [1, 30] })

    expect(windows[0]!.conversations).toEqual({ count: 6, isEstimate: false })
    expect(windows[1]!.conversations).toEqual({ count: 50, isEstimate: true })
  })

  it('counts messages alone where the server groups none, and names the inexact days', async () => {
    const { reading } = server({ in: INBOX }, { roles: { in: 'inbox' }, protocol: 'imap' })

    const preview = await previewImport(reading, { clock, days: [7] })

    expect(preview).toMatchObject({ windows: [{ days: 7, messages: 2 }], countsWholeDays: true })
    expect(preview.windows[0]).not.toHaveProperty('conversations')
  })

  it('counts the ten largest of many folders, and reports the others', async () => {
    const content = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}`, INBOX.slice(0, n % 4)]))
    const { reading } = server({ ...content, f12: INBOX, f13: INBOX, f14: INBOX })
    const folderRemoteIds = Array.from({ length: 15 }, (_, n) => `f${n}`)

    expect(await previewImport(reading, { clock, days: [30], folderRemoteIds })).toMatchObject({
      foldersCounted: 13,
      foldersLeftOut: 2,
    })
    await expect(previewImport(reading, { clock, days: [30], folderRemoteIds: ['gone'] })).rejects.toMatchObject({
      code: 'email_accounts.no_such_folder',
    })
  })
})
