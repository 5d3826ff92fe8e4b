import { describe, expect, it } from 'vitest'
import type { DraftAttachment } from '../../../api/client.ts'
import { createAttachmentList, type ListPorts } from './attachment-list.ts'

const LIMITS = { messageBytes: 30, attachmentBytes: 20, bodyBytes: 100, attachments: 3, recipients: 5 }

/** Stores attachments like the server. */
class Shelf implements ListPorts {
  there: DraftAttachment[] = []
  away: 'no' | 'before' | 'after' = 'no'
  refuses: string | undefined

  upload = async (file: File, onProgress: (percent: number) => void): Promise<DraftAttachment> => {
    onProgress(50)
    await Promise.resolve()
    if (this.away === 'before') throw new TypeError('Failed to fetch')
    if (file.name === this.refuses) throw problem('submission.too_large', 413)
    const one = {
      id: `a${this.there.length}`,
      name: file.name,
      contentType: file.type,
      isInline: false,
      sizeBytes: file.size,
    }
    this.there.push(one)
    if (this.away === 'after') throw new TypeError('Failed to fetch')
    return one
  }

  copy = async () => {
    const copies = [
      await this.upload(file('x.pdf', 1), () => undefined),
      await this.upload(file('y.pdf', 1), () => undefined),
    ]
    return copies
  }

  detach = (id: string) => {
    this.there = this.there.filter((each) => each.id !== id)
    return this.away === 'no' ? Promise.resolve() : Promise.reject(new TypeError('Failed to fetch'))
  }

  load = () => Promise.resolve(this.there)
}

function problem(code: string, status: number) {
  return Object.assign(new Error(code), {
    title: 'Too large',
    detail: 'at most 3 MB',
    code,
    status,
    remedy: 'admin',
    fix: 'A link.',
    traceId: '',
  })
}

function file(name: string, size: number): File {
  return new File(['x'.repeat(size)], name, { type: 'application/pdf' })
}

function setUp() {
  const shelf = new Shelf()
  const list = createAttachmentList([], shelf)
  list.setLimits(LIMITS)
  return { shelf, list, settled: () => until(list) }
}

function until(list: ReturnType<typeof createAttachmentList>): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (list.now().every(({ state }) => state === 'attached' || state === 'refused')) resolve()
    }
    list.subscribe(look)
    look()
  })
}

const states = (list: ReturnType<typeof createAttachmentList>) => list.now().map(({ name, state }) => [name, state])

describe('attachments', () => {
  it('are uploaded one after the other, with their progress', async () => {
    const { list, settled, shelf } = setUp()
    const seen: (number | undefined)[] = []
    list.subscribe(() => seen.push(list.now()[0]?.percent))

    list.add([file('a.pdf', 5), file('b.pdf', 6)])
    expect(states(list)).toEqual([
      ['a.pdf', 'waiting'],
      ['b.pdf', 'waiting'],
    ])
    await settled()

    expect(seen).toContain(50)
    expect(states(list)).toEqual([
      ['a.pdf', 'attached'],
      ['b.pdf', 'attached'],
    ])
    expect(shelf.there.map(({ name }) => name)).toEqual(['a.pdf', 'b.pdf'])
  })

  it('files that are too large are refused with the limit before they are sent, and the others stay unchanged', async () => {
    const { list, settled, shelf } = setUp()

    list.add([file('film.mp4', 21), file('a.pdf', 20), file('b.pdf', 11)])
    await settled()

    expect(states(list)).toEqual([
      ['film.mp4', 'refused'],
      ['a.pdf', 'attached'],
      ['b.pdf', 'refused'],
    ])
    expect(list.now().map(({ reason }) => reason)).toEqual([
      expect.stringContaining('20'),
      undefined,
      expect.stringContaining('30'),
    ])
    expect(shelf.there).toHaveLength(1)
  })

  it('files that the server refuses stay in the list with its reason', async () => {
    const { list, settled, shelf } = setUp()
    shelf.refuses = 'a.pdf'

    list.add([file('a.pdf', 1), file('b.pdf', 1)])
    await settled()

    expect(list.now()).toMatchObject([
      { state: 'refused', reason: 'Too large. at most 3 MB. A link.', mayPass: false },
      { state: 'attached' },
    ])
  })

  it.each(['before', 'after'] as const)(
    'files whose upload broke %s it was taken are attached once when it is retried',
    async (when) => {
      const { list, settled, shelf } = setUp()
      shelf.away = when
      list.add([file('a.pdf', 1)])
      await settled()
      expect(list.now()).toMatchObject([{ state: 'refused', mayPass: true }])

      shelf.away = 'no'
      list.again(list.now()[0]!.key)
      await new Promise((resolve) => setTimeout(resolve))
      await settled()

      expect(states(list)).toEqual([['a.pdf', 'attached']])
      expect(shelf.there).toHaveLength(1)
    },
  )

  it('files of a forwarded message are attached as one and listed one by one', async () => {
    const { list, settled } = setUp()

    list.addFrom('m1')
    await settled()

    expect(states(list)).toEqual([
      ['x.pdf', 'attached'],
      ['y.pdf', 'attached'],
    ])
  })

  it('are removed on the server too, with an error when that fails', async () => {
    const { list, settled, shelf } = setUp()
    list.add([file('a.pdf', 1), file('b.pdf', 1)])
    await settled()

    await list.remove(list.now()[0]!.key)
    shelf.away = 'before'
    await list.remove(list.now()[0]!.key)

    expect(list.now()).toMatchObject([{ name: 'b.pdf', reason: expect.stringContaining('Postkey') as string }])
  })
})
