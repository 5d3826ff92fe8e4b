import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EmailAccountId, TagId } from '../../kernel/ids.ts'
import { MOST_TERMS, OPERATORS, parseSearch } from './parse-search.ts'
import type { SearchContext, SearchTerm } from './search-terms.ts'

const CONTEXT: SearchContext = {
  now: new Date('2026-03-29T22:30:00Z'),
  timeZone: 'Europe/Berlin',
  me: 'ben',
  accounts: [
    { id: 'a1' as EmailAccountId, key: 'SUP', address: 'support@contoso.example', name: 'Support' },
    { id: 'a2' as EmailAccountId, key: 'SAL', address: 'sales@contoso.example', name: 'Sales team' },
  ],
  people: [
    { id: 'ben', name: 'Ben Ito', email: 'ben@contoso.example' },
    { id: 'anna', name: 'Anna Berg', email: 'anna@contoso.example' },
  ],
  tags: [
    { id: 't1' as TagId, name: 'Refund' },
    { id: 't2' as TagId, name: 'Refund done' },
    { id: 't3' as TagId, name: 'VIP' },
  ],
}
const parse = (query: string) => parseSearch(query, CONTEXT)
const text = (value: string, more: Partial<Extract<SearchTerm, { kind: 'text' }>> = {}): SearchTerm => {
  return { kind: 'text', field: 'any', text: value, isPhrase: false, isNegated: false, ...more }
}
const tag = (ids: string[], more: object = {}): SearchTerm => {
  return { kind: 'tag', ids: ids as TagId[], untaggedBy: undefined, isNegated: false, ...more }
}
const day = (iso: string) => new Date(iso)

describe('a query', () => {
  it.each<[string, SearchTerm[]]>([
    ['lamp  shade', [text('lamp'), text('shade')]],
    ['"last offer" -draft', [text('last offer', { isPhrase: true }), text('draft', { isNegated: true })]],
    ['“last offer', [text('last offer', { isPhrase: true })]],
    ['from:anna SUBJECT:"last offer"', [text('anna', { field: 'from' }), text('last offer', { field: 'subject', isPhrase: true })]], // prettier-ignore
    ['-body:"no thanks"', [text('no thanks', { field: 'body', isPhrase: true, isNegated: true })]],
    ['-has:attachment', [{ kind: 'attachment', isNegated: true }]],
    ['is:open,unread', [{ kind: 'state', states: ['open', 'unread'], isNegated: false }]],
    ['-is:(open|read)', [{ kind: 'state', states: ['open', 'read'], isNegated: true }]],
    ['assignee:me,none', [{ kind: 'assignee', ids: ['ben', null], isNegated: false }]],
    ['assignee:"Anna Berg"', [{ kind: 'assignee', ids: ['anna'], isNegated: false }]],
    ['assignee:berg', [{ kind: 'assignee', ids: ['anna'], isNegated: false }]],
    ['mailbox:sup', [{ kind: 'mailbox', ids: ['a1' as EmailAccountId], isNegated: false }]],
    ['mailbox:"sales t"', [{ kind: 'mailbox', ids: ['a2' as EmailAccountId], isNegated: false }]],
    ['tag:refund', [tag(['t1'])]],
    ['-tag:"Refund done"', [tag(['t2'], { isNegated: true })]],
    ['tag:ref|vip', [tag(['t1', 't2', 't3'])]],
    ['tag:none', [tag([], { untaggedBy: ['t1', 't2', 't3'] as TagId[] })]],
    ['tag:vip,none', [tag(['t3'], { untaggedBy: ['t1', 't2', 't3'] as TagId[] })]],
    ['Re:hello 10:30 http://x.example/a', [text('re:hello'), text('10:30'), text('http://x.example/a')]],
    ['- -- !', []],
    // Clocks in Berlin changed on this day, at 01:00 UTC. It is the 30th there.
    ['on:today', [{ kind: 'received', from: day('2026-03-29T22:00:00Z'), until: day('2026-03-30T22:00:00Z') }]],
    ['on:2026-03-29', [{ kind: 'received', from: day('2026-03-28T23:00:00Z'), until: day('2026-03-29T22:00:00Z') }]],
    ['after:2026-02 before:2026', [{ kind: 'received', from: day('2026-01-31T23:00:00Z') }, { kind: 'received', until: day('2025-12-31T23:00:00Z') }]], // prettier-ignore
    ['after:7d', [{ kind: 'received', from: day('2026-03-22T23:00:00Z') }]],
    ['-before:yesterday', [{ kind: 'received', from: day('2026-03-28T23:00:00Z') }]],
  ])('%s', (query, terms) => {
    expect(parse(query)).toEqual({ terms, problems: [] })
  })

  it.each([
    ['before:tomorrowish', 'before: needs a day or a period', '2026-03-31'],
    ['after:2026-02-30', 'after: needs a day or a period', '7d'],
    ['-on:today', "on: can't be negated", 'before: or after:'],
    ['from:', 'from: needs a word with a letter or a digit', 'from:anna@contoso.com'],
    ['has:file', 'has: needs one of attachment', 'Correct the value'],
    ['is:lost', 'is: needs one of open, waiting', 'Correct the value'],
    ['assignee:zoe', 'assignee: needs a member of the team, me or none', 'name or address'],
    ['mailbox:nowhere', 'mailbox: needs the key, address or name', 'SUP, SAL'],
    ['tag:unknown', 'tag: needs the name of a tag, or none', 'Refund, Refund done, VIP'],
    ['tag:vip,unknown', 'tag: needs the name of a tag, or none', 'Refund, Refund done, VIP'],
    ['tag:"none"', 'tag: needs the name of a tag, or none', 'Refund, Refund done, VIP'],
  ])('%s is ignored with the operator and what it expects, and the rest applies', (wrong, title, fix) => {
    const { terms, problems } = parse(`lamp ${wrong} shade`)
    expect(terms).toEqual([text('lamp'), text('shade')])
    expect(problems).toEqual([
      { term: wrong, title: expect.stringContaining(title) as string, fix: expect.stringContaining(fix) as string },
    ])
  })

  it.each([
    ['form:anna', 'from'],
    ['subj:offer', 'subject'],
    ['mailboxs:sup', 'mailbox'],
    ['tags:vip', 'tag'],
  ])('%s is searched as text, and %s: is proposed', (query, meant) => {
    const { terms, problems } = parse(query)
    expect(terms).toEqual([text(query)])
    expect(problems).toEqual([expect.objectContaining({ fix: expect.stringContaining(`${meant}:`) as string })])
  })

  it('applies its first twenty conditions', () => {
    const { terms, problems } = parse('a1 '.repeat(MOST_TERMS + 5))
    expect(terms).toHaveLength(MOST_TERMS)
    expect(problems).toHaveLength(1)
  })

  it('parses any text into conditions with letters, and problems with filled texts', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(...OPERATORS.map((one) => `${one}:`), '-', '"', ' ', 'anna', '2026-03-31'),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const { terms, problems } = parse(parts.join(''))
        expect(terms.length).toBeLessThanOrEqual(MOST_TERMS)
        for (const term of terms) if (term.kind === 'text') expect(term.text).toMatch(/[\p{L}\p{N}]/u)
        for (const { title, fix } of problems) expect(`${title} ${fix}`).not.toMatch(/\{\w+\}/)
      }),
    )
  })

  it('finds again what was written: each condition in any order', () => {
    const word = fc.stringMatching(/^[a-z]{1,10}$/)
    const term = fc.record({
      field: fc.constantFrom('from', 'to', 'subject', 'body', 'filename', 'note' as const),
      words: fc.array(word, { minLength: 1, maxLength: 3 }),
      isNegated: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(term, { maxLength: MOST_TERMS }), (wanted) => {
        const query = wanted.map(({ field, words, isNegated }) => {
          return `${isNegated ? '-' : ''}${field}:${words.length > 1 ? `"${words.join(' ')}"` : words[0]!}`
        })
        const terms = wanted.map(({ field, words, isNegated }) =>
          text(words.join(' '), { field: field as 'from', isPhrase: words.length > 1, isNegated }),
        )
        expect(parse(query.join(' '))).toEqual({ terms, problems: [] })
      }),
    )
  })
})
