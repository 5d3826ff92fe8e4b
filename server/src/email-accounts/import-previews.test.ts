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
  const answers = { hold: undefined as Promise<unknown> | undefined }
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
      newestThreads: async (remoteId: string, { since: from, limit }: { since: Date; limit: number }) => {
        asked.push(`${remoteId} newest`)
        await answers.hold
        const found = since(remoteId, from)
        const threads = found.slice(0, Math.min(limit, listed))
        return { threads, isWhole: threads.length === found.length }
      },
    }),
  } as unknown as ReadingTransport
  return { reading, asked, answers }
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
    const { reading } = server(content, { roles: { in: 'inbox', out: 'sent' } })

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
  })

  it('asks once per folder, and again only for windows that the newest messages do not cover', async () => {
    const content = { in: INBOX, out: INBOX.slice(0, 2) }
    const { reading, asked } = server(content, { roles: { in: 'inbox', out: 'sent' }, listed: 3 })

    const { windows } = await previewImport(reading, { clock, days: [7, 30, 90, 365] })

    expect(windows.map(({ messages }) => messages)).toEqual([4, 5, 6, 6])
    expect(asked.toSorted()).toEqual(['in', 'in', 'in', 'in newest', 'out newest'])
  })

  it('gives no number of conversations if messages are counted and none of them is listed', async () => {
    const { reading } = server({ in: INBOX }, { roles: { in: 'inbox' }, listed: 0 })

    const { windows } = await previewImport(reading, { clock, days: [7] })

    expect(windows).toEqual([{ days: 7, messages: 2 }])
  })

  it('ends when it is canceled and after its limit, without further requests', async () => {
    const content = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`f${n}`, INBOX]))
    const wanted = { clock, days: [7], folderRemoteIds: Object.keys(content) }
    for (const by of ['signal', 'limit'] as const) {
      const { reading, asked, answers } = server(content)
      const answer = Promise.withResolvers<undefined>()
      answers.hold = answer.promise
      const leaving = new AbortController()
      const preview = previewImport(reading, {
        ...wanted,
        ...(by === 'signal' ? { signal: leaving.signal } : { limitMs: 50 }),
      })
      if (by === 'signal') await expect.poll(() => asked.length).toBe(3)
      leaving.abort()
      await expect(preview).rejects.toMatchObject({ code: 'email_accounts.preview_stopped' })

      const before = asked.length
      answer.resolve(undefined)
      await new Promise(setImmediate)
      expect(asked).toHaveLength(before)
    }
    const { reading, asked } = server(content)
    const stopped = previewImport(reading, { ...wanted, signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'email_accounts.preview_stopped' })
    expect(asked).toEqual([])
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
