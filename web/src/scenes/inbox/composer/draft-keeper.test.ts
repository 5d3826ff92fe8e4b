import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Draft } from '../../../api/client.ts'
import { createDraftKeeper, SAVE_AFTER_MS, TRY_AGAIN_AFTER_MS, type KeeperPorts } from './draft-keeper.ts'
import { joinMessage } from './message-parts.ts'
import type { DraftContent } from './composer-content.ts'

/** Stores one draft like the server, and refuses an old version. */
class DraftServer implements KeeperPorts {
  saves = 0
  away: 'no' | 'before' | 'after' = 'no'
  isGone = false
  draft: Draft

  constructor(id: string) {
    const content = { to: [], cc: [], bcc: [], subject: 'Offer', ...joinMessage({ format: 'text', own: '' }) }
    const [emailAccountId, authorId, updatedAt] = ['account', 'olga', '2026-11-02T09:00:00Z']
    this.draft = { id, emailAccountId, authorId, content, attachments: [], version: 1, updatedAt }
  }

  save = async (content: DraftContent, version: number): Promise<Draft> => {
    this.saves++
    await Promise.resolve()
    if (this.isGone) throw problem('http.not_found', 404)
    if (this.away === 'before') throw new TypeError('Failed to fetch')
    if (version !== this.draft.version) throw problem('conversations.draft_changed', 409)
    this.draft = { ...this.draft, content, version: version + 1 }
    if (this.away === 'after') throw new TypeError('Failed to fetch')
    return this.draft
  }

  load = async () => {
    if (this.isGone) throw problem('http.not_found', 404)
    return this.draft
  }

  elsewhere(own: string): void {
    const content = { ...this.draft.content, ...joinMessage({ format: 'text', own }) }
    this.draft = { ...this.draft, content, version: this.draft.version + 1 }
  }
}

function problem(code: string, status: number) {
  return Object.assign(new Error(code), {
    title: code,
    detail: code,
    code,
    status,
    remedy: 'admin',
    fix: '',
    traceId: '',
  })
}

let number = 0
function setUp() {
  const server = new DraftServer(`d${++number}`)
  return { server, keeper: createDraftKeeper(server.draft, server) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('edited content', () => {
  it('is saved once, shortly after the last key', async () => {
    const { server, keeper } = setUp()
    for (const own of ['H', 'He', 'Hey']) {
      keeper.edit({ own })
      await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS / 2)
    }
    expect(keeper.now().keeping.state).toBe('unsaved')

    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)

    expect(server).toMatchObject({ saves: 1, draft: { content: { text: 'Hey', subject: 'Offer' } } })
    expect(keeper.now().keeping.state).toBe('saved')
  })

  it('is saved also when it changes during a save, and only then counts as saved', async () => {
    const { server, keeper } = setUp()
    keeper.edit({ own: 'a' })
    const saved = keeper.flush()
    keeper.edit({ own: 'ab' })

    await saved

    expect(server.draft.content.text).toBe('ab')
    expect(keeper.now().keeping.state).toBe('saved')
  })

  it('is kept and retried when the server is away', async () => {
    const { server, keeper } = setUp()
    server.away = 'before'
    keeper.edit({ own: 'a' })
    await keeper.flush()
    expect(keeper.now()).toMatchObject({ keeping: { state: 'failed' }, writing: { own: 'a' } })

    server.away = 'no'
    await vi.advanceTimersByTimeAsync(TRY_AGAIN_AFTER_MS)

    expect(server.draft.content.text).toBe('a')
    expect(keeper.now().keeping.state).toBe('saved')
  })

  it('is restored when the composer was closed before it could be saved', async () => {
    const { server, keeper } = setUp()
    server.away = 'before'
    keeper.edit({ own: 'only here' })
    await keeper.stop()
    server.away = 'no'

    const again = createDraftKeeper(server.draft, server)

    expect(again.now().writing.own).toBe('only here')
    await again.flush()
    expect(server.draft.content.text).toBe('only here')
  })

  it('is not saved during sending', async () => {
    const { server, keeper } = setUp()
    keeper.edit({ own: 'a' })
    await keeper.stop()
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS * 2)
    expect(server.saves).toBe(0)

    keeper.goOn()
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
    expect(server.saves).toBe(1)
  })

  it('stays in the editor, unsaved, when the user loses access to the draft', async () => {
    const { server, keeper } = setUp()
    keeper.edit({ own: 'saved' })
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
    keeper.lose()
    keeper.edit({ own: 'saved, and more' })
    await vi.advanceTimersByTimeAsync(TRY_AGAIN_AFTER_MS)

    expect(server.saves).toBe(1)
    expect(keeper.now()).toMatchObject({ writing: { own: 'saved, and more' }, keeping: { state: 'gone' } })
    expect(keeper.isDirty()).toBe(true)
  })

  it('is saved again after access returns, once, even when a save failed meanwhile', async () => {
    const { server, keeper } = setUp()
    server.away = 'before'
    keeper.edit({ own: 'a' })
    const failing = keeper.flush()
    keeper.lose()
    await failing
    expect(keeper.now().keeping.state).toBe('gone')
    server.away = 'no'
    // To another mailbox and back.
    server.draft = { ...server.draft, version: 3 }

    keeper.regain()
    expect(keeper.now().keeping.state).toBe('unsaved')
    await vi.advanceTimersByTimeAsync(TRY_AGAIN_AFTER_MS)
    expect(server).toMatchObject({ saves: 2, draft: { version: 4, content: { text: 'a' } } })
    expect([keeper.now().keeping.state, keeper.isDirty()]).toEqual(['saved', false])
  })

  it('stays in the editor when the draft is gone', async () => {
    const { server, keeper } = setUp()
    server.isGone = true
    keeper.edit({ own: 'a' })

    await keeper.flush()

    expect(keeper.now()).toMatchObject({ keeping: { state: 'gone' }, writing: { own: 'a' } })
  })

  it('is not shown as saved when it was discarded while its conversation was out of sight', async () => {
    const { server, keeper } = setUp()
    keeper.edit({ own: 'a' })
    await keeper.flush()
    keeper.lose()
    server.isGone = true

    keeper.regain()
    await vi.advanceTimersByTimeAsync(TRY_AGAIN_AFTER_MS)
    expect(keeper.now()).toMatchObject({ keeping: { state: 'gone' }, writing: { own: 'a' } })
  })
})

describe('content saved by another window', () => {
  it.each([
    ['mine', 'mine'],
    ['theirs', 'theirs'],
  ] as const)('is not overwritten until the user chooses %s', async (whose, text) => {
    const { server, keeper } = setUp()
    server.elsewhere('theirs')
    keeper.edit({ own: 'mine' })
    await keeper.flush()
    expect(server.draft.content.text).toBe('theirs')
    expect(keeper.now()).toMatchObject({
      keeping: { state: 'conflict', theirs: server.draft },
      writing: { own: 'mine' },
    })

    keeper.take(whose)
    await keeper.flush()

    expect(server.draft.content.text).toBe(text)
    expect(keeper.now()).toMatchObject({ keeping: { state: 'saved' }, writing: { own: text } })
  })

  it('is not overwritten either after access was lost and returned', async () => {
    const { server, keeper } = setUp()
    keeper.lose()
    server.elsewhere('theirs')
    keeper.edit({ own: 'mine' })
    keeper.regain()
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
    expect(keeper.now()).toMatchObject({ keeping: { state: 'conflict' }, writing: { own: 'mine' } })
    expect(server.draft.content.text).toBe('theirs')
  })

  it('is no conflict when this window saved it and only the response was lost', async () => {
    const { server, keeper } = setUp()
    server.away = 'after'
    keeper.edit({ own: 'a' })
    await keeper.flush()
    server.away = 'no'

    await vi.advanceTimersByTimeAsync(TRY_AGAIN_AFTER_MS)
    expect(keeper.now().keeping.state).toBe('saved')
    keeper.edit({ own: 'ab' })
    await keeper.flush()

    expect(server.draft).toMatchObject({ version: 3, content: { text: 'ab' } })
  })
})

describe('a draft that is not on the server', () => {
  function begin() {
    const server = new DraftServer(`d${++number}`)
    server.draft = { ...server.draft, version: 0 }
    return { server, keeper: createDraftKeeper(server.draft, server) }
  }

  it('is created with the first input, not before', async () => {
    const { server, keeper } = begin()
    await keeper.flush()
    expect([server.saves, keeper.isCreated(), keeper.now().keeping.state]).toEqual([0, false, 'begun'])

    keeper.edit({ own: 'a' })
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
    expect([server.saves, keeper.isCreated(), keeper.now().keeping.state]).toEqual([1, true, 'saved'])
  })

  it('is created once when only the response was lost', async () => {
    const { server, keeper } = begin()
    server.away = 'after'
    keeper.edit({ own: 'a' })
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
    server.away = 'no'
    await vi.advanceTimersByTimeAsync(TRY_AGAIN_AFTER_MS)
    expect(keeper.now()).toMatchObject({ keeping: { state: 'saved' }, writing: { own: 'a' } })
    expect(server.draft).toMatchObject({ version: 1, content: { text: 'a' } })
  })

  it('comes back with its content after a discard without a network, and is created then', async () => {
    const { server, keeper } = begin()
    server.away = 'before'
    keeper.edit({ own: 'only here' })
    await keeper.flush()
    expect([keeper.isDirty(), keeper.isCreated()]).toEqual([true, false])
    await keeper.stop()
    server.away = 'no'

    const again = createDraftKeeper(server.draft, server)

    expect(again.now().writing.own).toBe('only here')
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
    expect(server.draft).toMatchObject({ version: 1, content: { text: 'only here' } })
  })

  it('is created for attachments without any text, and reports why when that fails', async () => {
    const { server, keeper } = begin()
    server.away = 'before'
    await expect(keeper.create()).rejects.toMatchObject({ code: 'web.no_answer' })
    server.away = 'no'
    await keeper.create()
    await keeper.create()
    expect([server.saves, keeper.isCreated()]).toEqual([2, true])
  })
})
