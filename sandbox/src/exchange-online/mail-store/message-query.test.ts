import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Condition, type MessageColumn, filterToSql } from './condition.ts'
import { ANNA, BEN, openEmptyStore, someContent } from './empty-store.ts'
import { type MailStore, type Message, type MessageOrder, toPosition } from './index.ts'

const NASTY = fc.constantFrom(`'; DROP TABLE messages; --`, '%', '_', '?', '""', '\\', '\u0000', 'Ärger', 'é')

describe('listing messages', () => {
  it('lists the messages of one mailbox, or of one folder in it', () => {
    const { store } = openEmptyStore()
    const inInbox = store.append(ANNA, 'inbox', someContent(), [])
    const inArchive = store.append(ANNA, 'archive', someContent(), [])
    store.append(BEN, 'inbox', someContent(), [])

    expect(keys(store.listMessages({ mailboxId: ANNA, limit: 9 }))).toEqual([inInbox.key, inArchive.key])
    expect(keys(store.listMessages({ mailboxId: ANNA, folderId: inArchive.folderId, limit: 9 }))).toEqual([
      inArchive.key,
    ])
    expect(store.listMessages({ mailboxId: BEN, folderId: inArchive.folderId, limit: 9 })).toEqual([])
    expect(store.countMessages({ mailboxId: ANNA })).toBe(2)
  })

  it('omits body, headers and references on request', () => {
    const { store } = openEmptyStore()
    store.append(ANNA, 'inbox', someContent({ references: ['<1@x>'], headers: [{ name: 'X-A', value: '1' }] }), [])

    const [lean] = store.listMessages({ mailboxId: ANNA, limit: 1, withContent: false })
    const [full] = store.listMessages({ mailboxId: ANNA, limit: 1 })

    expect(lean).toMatchObject({ body: { content: '' }, headers: [], references: [], bodyPreview: 'Hello there' })
    expect(full).toMatchObject({ body: { content: 'Hello there' }, references: ['<1@x>'] })
  })

  it('finds all copies of a message by its Message-ID', () => {
    const { store } = openEmptyStore()
    const one = store.append(ANNA, 'inbox', someContent(), [])
    const other = store.copy(one.key, store.wellKnownFolder(ANNA, 'archive').id)

    expect(keys(store.messagesByInternetMessageId(ANNA, one.internetMessageId))).toEqual([one.key, other.key])
    expect(store.messagesByInternetMessageId(BEN, one.internetMessageId)).toEqual([])
  })

  it('refuses a position in another order, and unknown columns', () => {
    const { store } = openEmptyStore()
    const orderBy = [{ column: 'received_at', descending: false }] as const
    const evil = [{ column: '1; DROP TABLE messages' as MessageColumn, descending: false }]

    expect(() => store.listMessages({ mailboxId: ANNA, limit: 1, orderBy, after: [1] })).toThrow(TypeError)
    expect(() => store.listMessages({ mailboxId: ANNA, limit: 1, orderBy: evil })).toThrow(TypeError)
  })

  // Between any two pages, messages are added, removed, moved and changed.
  it('page by page, neither loses nor duplicates messages that stay while others change', () =>
    fc.assert(
      fc.property(
        fc.array(arriving(), { minLength: 1, maxLength: 25 }),
        order(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(
          fc.record({ action: fc.constantFrom('arrive', 'remove', 'move'), which: fc.nat(99), what: arriving() }),
        ),
        (messages, orderBy, limit, meanwhile) => {
          const { store } = openEmptyStore()
          const stayed = new Set(messages.map((message) => arrive(store, message).key))
          const folderId = store.wellKnownFolder(ANNA, 'inbox').id
          const seen: Message[] = []
          const disturbances = meanwhile.values()

          for (let after: (string | number)[] | undefined; ;) {
            const page = store.listMessages({ mailboxId: ANNA, folderId, orderBy, limit, ...(after ? { after } : {}) })
            seen.push(...page)
            if (seen.length > 1000) throw new Error('the pages never end')
            const last = page.at(-1)
            if (!last) break
            after = toPosition(last, orderBy)
            const { value } = disturbances.next()
            if (value?.action === 'arrive') arrive(store, value.what)
            else if (value) {
              const key = [...stayed][value.which % Math.max(stayed.size, 1)]
              if (key === undefined) continue
              stayed.delete(key)
              if (value.action === 'remove') store.remove(key)
              else store.move(key, store.wellKnownFolder(ANNA, 'archive').id)
            }
          }

          const seenKeys = keys(seen)
          expect(new Set(seenKeys).size).toBe(seenKeys.length)
          for (const key of stayed) expect(seenKeys).toContain(key)
        },
      ),
      { numRuns: 150 },
    ))
})

describe('a condition', () => {
  it('selects exactly the matching messages, for any values', () =>
    fc.assert(
      fc.property(fc.array(arriving(), { maxLength: 10 }), condition(), (messages, where) => {
        const { store } = openEmptyStore()
        const stored = messages.map((message) => arrive(store, message))

        const expected = stored.filter((message) => holds(where, message))
        expect(keys(store.listMessages({ mailboxId: ANNA, where, limit: 99 }))).toEqual(keys(expected))
        expect(store.countMessages({ mailboxId: ANNA, where })).toBe(expected.length)
      }),
      { numRuns: 150 },
    ))

  it('binds every value', () => {
    const { sql, values } = filterToSql({
      op: 'and',
      conditions: [
        { op: 'eq', column: 'subject', value: `' OR 1=1 --` },
        { op: 'contains', column: 'from_address', value: `'` },
      ],
    })

    expect(sql).not.toContain(`'`)
    expect(values).toEqual([`' OR 1=1 --`, `'`])
  })

  it('refuses unknown columns and excessively deep trees', () => {
    const column = 'subject) OR (1=1' as MessageColumn
    let deep: Condition = { op: 'eq', column: 'key', value: 1 }
    for (let i = 0; i < 5000; i++) deep = { op: 'not', condition: deep }

    expect(() => filterToSql({ op: 'eq', column, value: 1 })).toThrow(TypeError)
    expect(() => filterToSql({ op: 'contains', column: column as never, value: '' })).toThrow(TypeError)
    expect(() => filterToSql(deep)).toThrow(RangeError)
  })

  it('finds text in bodies and categories', () => {
    const { store } = openEmptyStore()
    const message = store.append(ANNA, 'inbox', someContent(), [], { flags: { categories: ['Red category'] } })
    const found = (where: Condition) => keys(store.listMessages({ mailboxId: ANNA, where, limit: 9 }))

    expect(found({ op: 'bodyContains', value: 'THERE' })).toEqual([message.key])
    expect(found({ op: 'bodyContains', value: '%' })).toEqual([])
    expect(found({ op: 'hasCategory', value: 'red CATEGORY' })).toEqual([message.key])
    expect(found({ op: 'hasCategory', value: 'red' })).toEqual([])
  })
})

interface Arriving {
  subject: string
  receivedAt: number
  isRead: boolean
  from: string
}

function arriving(): fc.Arbitrary<Arriving> {
  return fc.record({
    subject: fc.oneof(fc.constantFrom('', 'a', 'A', 'b', 'Re: a'), NASTY),
    receivedAt: fc.integer({ min: 1, max: 4 }),
    isRead: fc.boolean(),
    from: fc.constantFrom('a@x.example', 'A@X.example', 'b@x.example', ''),
  })
}

function arrive(store: MailStore, { subject, receivedAt, isRead, from }: Arriving): Message {
  const sender = from === '' ? undefined : { name: 'Somebody', address: from }
  return store.append(ANNA, 'inbox', someContent({ subject, from: sender }), [], { receivedAt, flags: { isRead } })
}

function order(): fc.Arbitrary<MessageOrder[]> {
  const column = fc.constantFrom<MessageColumn>('received_at', 'subject', 'is_read', 'from_address', 'key')
  return fc.uniqueArray(fc.record({ column, descending: fc.boolean() }), {
    maxLength: 3,
    selector: (each) => each.column,
  })
}

function condition(): fc.Arbitrary<Condition> {
  const text = fc.oneof(fc.constantFrom('', 'a', 'A', 'b', 're', '@x', 'EXAMPLE'), NASTY)
  const textColumn = fc.constantFrom('subject' as const, 'from_address' as const)
  const comparison = fc.constantFrom(
    'eq' as const,
    'ne' as const,
    'gt' as const,
    'ge' as const,
    'lt' as const,
    'le' as const,
  )
  return fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ op: comparison, column: fc.constant('received_at' as const), value: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ op: comparison, column: fc.constant('is_read' as const), value: fc.boolean() }),
      fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), column: textColumn, value: text }),
      fc.record({
        op: fc.constantFrom('contains' as const, 'startsWith' as const, 'endsWith' as const),
        column: textColumn,
        value: text,
      }),
      fc.record({ op: fc.constant('not' as const), condition: tie('tree') }),
      fc.record({
        op: fc.constantFrom('and' as const, 'or' as const),
        conditions: fc.array(tie('tree'), { maxLength: 3 }),
      }),
    ),
  })).tree
}

/** A second implementation of conditions, for comparison. */
function holds(where: Condition, message: Message): boolean {
  if ('conditions' in where) {
    const each = where.conditions.map((condition) => holds(condition, message))
    return where.op === 'and' ? !each.includes(false) : each.includes(true)
  }
  if (where.op === 'not') return !holds(where.condition, message)
  if (!('column' in where)) throw new TypeError('not generated')
  const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const have = toPosition(message, [{ column: where.column, descending: false }])[0]!
  const [left, right] =
    typeof have === 'string' ? [lower(have), lower(String(where.value))] : [have, Number(where.value)]
  switch (where.op) {
    case 'contains':
      return String(left).includes(String(right))
    case 'startsWith':
      return String(left).startsWith(String(right))
    case 'endsWith':
      return String(left).endsWith(String(right))
    case 'eq':
      return left === right
    case 'ne':
      return left !== right
    case 'gt':
      return left > right
    case 'ge':
      return left >= right
    case 'lt':
      return left < right
    case 'le':
      return left <= right
  }
}

function keys(messages: readonly { key: number }[]): number[] {
  return messages.map(({ key }) => key)
}
