import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChangePage, Cursor, MailTransport } from '../mail-transport.ts'
import {
  type Asked,
  GRAPH_ROOT,
  json,
  openStrictGraph,
  refusal,
  StrictGraph,
  wireMessage,
} from '../../../test/transports/graph/strict-graph.ts'

const SINCE = new Date('2026-01-01T00:00:00Z')
const MINUTE_MS = 60_000

/**
 * A folder as Graph reports it: newest first, at most 5,000 messages if filtered by time, with empty pages in between.
 */
class FolderAtGraph {
  readonly messages: { id: string; receivedAt: number; bodyBytes: number }[]
  readonly graph: StrictGraph
  readonly pageSizes: number[] = []
  /** Returns true for requests, numbered from 1, whose cursor is reported as invalid. */
  forgets: (request: number) => boolean = () => false
  /** Changes reported in later rounds. */
  changes: unknown[] = []
  cap = 5000
  heaviestPage = Infinity
  #requests = 0

  constructor(count: number, { sameTime = 1 } = {}) {
    this.messages = Array.from({ length: count }, (_, index) => ({
      id: `m${index}`,
      receivedAt: SINCE.getTime() + Math.floor((count - index) / sameTime) * MINUTE_MS,
      bodyBytes: 100,
    }))
    this.graph = new StrictGraph((asked) => this.#answer(asked))
  }

  #answer({ url, headers }: Asked): Response {
    const { searchParams, pathname } = url
    const size = Number(/odata\.maxpagesize=(\d+)/.exec(headers['prefer'] ?? '')?.[1] ?? 10)
    this.pageSizes.push(size)
    if (pathname.endsWith('/delta')) return this.#delta(searchParams, size)
    const [, from, to] = /^receivedDateTime ge (\S+) and receivedDateTime le (\S+)$/.exec(searchParams.get('$filter')!)!
    const skip = Number(searchParams.get('$skip') ?? 0)
    const found = this.messages.filter(
      ({ receivedAt }) => receivedAt >= Date.parse(from!) && receivedAt <= Date.parse(to!),
    )
    const page = found.slice(skip, skip + size)
    return json({
      value: page.map((message) => this.#wire(message)),
      ...(skip + size < found.length && { '@odata.nextLink': `${GRAPH_ROOT}/v1.0/next?$skip=${skip + size}` }),
    })
  }

  #delta(searchParams: URLSearchParams, size: number): Response {
    if (this.forgets(++this.#requests)) return refusal(410, 'syncStateNotFound', { location: 'https://evil.test/' })
    const base = `${GRAPH_ROOT}/v1.0/me/mailFolders/folder/messages/delta`
    if (searchParams.has('$deltatoken')) {
      return json({ value: this.changes, '@odata.deltaLink': `${base}?$deltatoken=again` })
    }
    const [at, isEmpty] = (searchParams.get('$skiptoken') ?? '0').split('-')
    const start = Number(at)
    if (start > 0 && start % 3 === 0 && isEmpty === undefined) {
      return json({ value: [], '@odata.nextLink': `${base}?$skiptoken=${start}-empty` })
    }
    const end = Math.min(start + size, this.cap, this.messages.length)
    const page = this.messages.slice(start, end)
    const weight = page.reduce((total, { bodyBytes }) => total + bodyBytes, 0)
    if (weight > this.heaviestPage) return refusal(504, 'UnknownError')
    const link =
      end < Math.min(this.cap, this.messages.length)
        ? { nextLink: `$skiptoken=${end}` }
        : { deltaLink: '$deltatoken=1' }
    return json({
      value: page.map((message) => this.#wire(message)),
      ...Object.fromEntries(Object.entries(link).map(([name, query]) => [`@odata.${name}`, `${base}?${query}`])),
    })
  }

  #wire({ id, receivedAt }: { id: string; receivedAt: number }) {
    return wireMessage(id, { receivedDateTime: new Date(receivedAt).toISOString() })
  }
}

async function read(transport: MailTransport, cursor?: Cursor): Promise<ChangePage[]> {
  const pages: ChangePage[] = []
  for await (const page of transport.reading.changes('folder', cursor, { since: SINCE })) pages.push(page)
  return pages
}

const idsOf = (pages: readonly ChangePage[]) => pages.flatMap(({ upserts }) => upserts.map(({ remoteId }) => remoteId))

describe('reading a folder', () => {
  it("returns more messages than the 5,000 of Graph's first round, newest first", async () => {
    const folder = new FolderAtGraph(12_000)
    const { transport } = openStrictGraph(folder.graph)

    const pages = await read(transport)

    expect(new Set(idsOf(pages)).size).toBe(12_000)
    const times = pages.flatMap(({ upserts }) => upserts.map(({ receivedAt }) => receivedAt!.getTime()))
    expect(times).toEqual([...times].sort((a, b) => b - a))
    expect(pages.filter(({ done }) => done)).toHaveLength(1)
    expect(pages.at(-1)).toMatchObject({ done: true, reset: false, firstRound: true })
    // About a hundred messages are returned twice, where two queries overlap.
    expect(idsOf(pages).length).toBeLessThan(12_200)
    expect(await read(transport, pages.at(-1)!.cursor)).toMatchObject([{ upserts: [], done: true, firstRound: false }])
  })

  it('returns all messages, although hundreds were received in the same second', async () => {
    const folder = new FolderAtGraph(9000, { sameTime: 700 })

    expect(new Set(idsOf(await read(openStrictGraph(folder.graph).transport))).size).toBe(9000)
  })

  it('starts again when requested, with a reset by which missing messages are recognized as removed', async () => {
    const { transport } = openStrictGraph(new FolderAtGraph(300).graph)
    const pages: ChangePage[] = []
    for await (const page of transport.reading.changes('folder', undefined, { since: SINCE, again: true }))
      pages.push(page)
    expect(pages.map(({ reset }) => reset)).toEqual(pages.map(() => true))
    expect(pages.map(({ restarts }) => restarts)).toEqual(pages.map((_, i) => i === 0))
  })

  it('takes at most fifteen requests for a thousand messages', async () => {
    const folder = new FolderAtGraph(1000)

    await read(openStrictGraph(folder.graph).transport)

    expect(folder.graph.asked.length).toBeLessThanOrEqual(15)
  })

  it('returns all messages, for any interruption and any invalid cursor', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 400 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 }),
        async (count, sameTime, forgotten, crashes) => {
          const folder = new FolderAtGraph(count, { sameTime })
          folder.cap = 4100
          folder.forgets = (request) => forgotten.includes(request)
          const { transport } = openStrictGraph(folder.graph)
          let seen = new Set<string>()
          let cursor: Cursor | undefined
          let inReset = false
          let done = false
          for (let run = 0; run < 60 && !done; run++) {
            let left = crashes[run % crashes.length]!
            for await (const page of transport.reading.changes('folder', cursor, { since: SINCE })) {
              // After a reset, a reader removes messages that are not reported again.
              if (page.reset && !inReset) seen = new Set()
              inReset = page.reset
              for (const { remoteId } of page.upserts) seen.add(remoteId)
              cursor = JSON.parse(JSON.stringify(page.cursor)) as Cursor
              done = page.done
              if (--left === 0) break
            }
          }
          expect(done).toBe(true)
          expect(seen.size).toBe(count)
          expect(folder.graph.complaints).toEqual([])
        },
      ),
      { numRuns: 150 },
    ))

  it.each([
    ['at the first request', [1], 1],
    ['at the third page', [3], 1],
    ['twice in a row', [3, 4], 2],
  ])('restarts silently, newest first, when Graph invalidates the cursor %s', async (_when, forgotten) => {
    const folder = new FolderAtGraph(400)
    folder.forgets = (request) => forgotten.includes(request)

    const pages = await read(openStrictGraph(folder.graph).transport)

    const round = pages.slice(pages.findIndex(({ reset }) => reset))
    expect(round.every(({ reset, firstRound }) => reset && firstRound)).toBe(true)
    expect(pages.filter(({ restarts }) => restarts)).toEqual([round[0]])
    expect(idsOf(round)).toEqual(folder.messages.map(({ id }) => id))
    expect(pages.at(-1)).toMatchObject({ done: true })
    expect(pages.at(-1)!.cursor).toMatchObject({ reset: false })
  })

  it('continues a reset after a crash', async () => {
    const folder = new FolderAtGraph(400)
    folder.forgets = (request) => request === 1
    const { transport } = openStrictGraph(folder.graph)
    const [first] = await read(transport)

    const rest = await read(transport, first!.cursor)

    expect(rest.every(({ reset }) => reset)).toBe(true)
    expect((await read(transport, rest.at(-1)!.cursor)).every(({ reset }) => !reset)).toBe(true)
  })

  it.each(['resyncRequired', 'SyncStateInvalid', 'InvalidSyncStateData'])(
    'restarts when Graph rejects the cursor: %s',
    async (code) => {
      let first = true
      const graph = new StrictGraph(({ url }) => {
        if (!first) return json({ value: [], '@odata.deltaLink': `${url.origin}${url.pathname}?$deltatoken=2` })
        first = false
        return refusal(code === 'resyncRequired' ? 410 : 400, code)
      })
      const cursor = { at: 'changes', link: `${GRAPH_ROOT}/v1.0/me/mailFolders/folder/messages/delta?$deltatoken=1` }

      expect(await read(openStrictGraph(graph).transport, cursor)).toMatchObject([{ reset: true, done: true }])
    },
  )

  it('fails with a transient error when Graph invalidates the cursor again and again', async () => {
    const folder = new FolderAtGraph(400)
    folder.forgets = () => true

    await expect(read(openStrictGraph(folder.graph).transport)).rejects.toMatchObject({
      code: 'transports.cursor_forgotten',
      remedy: 'wait',
    })
    expect(folder.graph.asked.length).toBeLessThan(10)
  })

  it('requests smaller pages if they are too large', async () => {
    const folder = new FolderAtGraph(60)
    for (const message of folder.messages) message.bodyBytes = 1000
    folder.heaviestPage = 6000

    const pages = await read(openStrictGraph(folder.graph).transport)

    expect(idsOf(pages)).toHaveLength(60)
    expect([...new Set(folder.pageSizes)]).toEqual([50, 10, 5])
    expect(folder.pageSizes.at(-1)).toBe(5)
  })

  it('returns the newest mail in a small page and the rest in large ones', async () => {
    const folder = new FolderAtGraph(700)

    const pages = await read(openStrictGraph(folder.graph).transport)

    expect(idsOf(pages)).toHaveLength(700)
    expect(folder.pageSizes.slice(0, 3)).toEqual([50, 250, 250])
    expect(folder.pageSizes.filter((size) => size === 50)).toHaveLength(1)
  })

  it('has the bodies of a page read together by the parser', async () => {
    const graph = new FolderAtGraph(60)
    const read: number[] = []
    const parser = {
      parse: () => Promise.reject(new TypeError('no report')),
      readText: (...bodies: readonly unknown[]) => Promise.resolve(void read.push(bodies.length)),
    }
    const { transport } = openStrictGraph(graph.graph, { parser })
    for await (const { upserts } of transport.reading.changes('folder', undefined, { since: SINCE })) {
      expect(upserts.length).toBe(read.at(-1))
    }
    expect(read[0]).toBe(50)
  })

  it('reports changed fields only', async () => {
    const folder = new FolderAtGraph(1)
    const { transport } = openStrictGraph(folder.graph)
    const [first] = await read(transport)
    folder.changes = [
      { id: 'read', isRead: true, parentFolderId: 'folder' },
      { id: 'flag', flag: { flagStatus: 'notFlagged' } },
      { id: 'subject', subject: 'New' },
      { id: 'gone', '@removed': { reason: 'deleted' } },
      { id: 'moved', '@removed': { reason: 'changed' } },
      wireMessage('new', { isRead: true }),
      { isRead: true },
      null,
      'garbage',
    ]

    const [page] = await read(transport, first!.cursor)

    const none = { partial: true, folderRemoteId: 'folder', flagsAdded: [], flagsRemoved: [] }
    expect(page!.upserts.slice(0, 3)).toEqual([
      { ...none, remoteId: 'read', flagsAdded: ['seen'] },
      { ...none, remoteId: 'flag', flagsRemoved: ['flagged'] },
      { ...none, remoteId: 'subject', subject: 'New' },
    ])
    expect(page!.upserts[3]).toMatchObject({ partial: false, remoteId: 'new', flags: ['seen'] })
    expect(page!.upserts).toHaveLength(4)
    expect(page!.removed).toEqual(['gone', 'moved'])
  })

  it('uses one lane for syncing and another for importing', async () => {
    const folder = new FolderAtGraph(1)
    const lanes: string[] = []
    const { transport, budget } = openStrictGraph(folder.graph)
    const run = budget.run.bind(budget)
    budget.run = (lane, call) => {
      lanes.push(lane)
      return run(lane, call)
    }

    const [first] = await read(transport)
    await read(transport, first!.cursor)

    expect(lanes).toEqual(['import', 'sync'])
  })

  it('rejects an invalid cursor', async () => {
    const { transport } = openStrictGraph(new FolderAtGraph(1).graph)

    await expect(read(transport, { uidValidity: 1 })).rejects.toBeInstanceOf(TypeError)
  })
})
