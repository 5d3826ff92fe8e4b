import { describe, expect, it } from 'vitest'
import { conversationIn } from './inside-links.ts'
import { findPeople, mentionsIn, splitNote, typedMention } from './mentions.ts'

const ANNA = { id: '1', name: 'Anna' }
const SCHMIDT = { id: '2', name: 'Anna Schmidt' }
const BEN = { id: '3', name: 'Ben (Sales)' }
const OTHER_BEN = { id: '4', name: 'Ben (Sales)' }
const TEAM = [ANNA, SCHMIDT, BEN]

describe('a typed mention', () => {
  it.each([
    ['@', { start: 0, searched: '' }],
    ['Hi @Anna Sch', { start: 3, searched: 'Anna Sch' }],
    ['(@be', { start: 1, searched: 'be' }],
    ['kim@a', undefined],
    ['@Anna\nthanks', undefined],
    ['no', undefined],
  ])('%j', (text, expected) => {
    expect(typedMention(text, text.length)).toEqual(expected)
  })

  it('finds people by the beginning of any word of their name, until the name is complete', () => {
    expect(findPeople(TEAM, '')).toEqual(TEAM)
    expect(findPeople(TEAM, 'ann')).toEqual([ANNA, SCHMIDT])
    expect(findPeople(TEAM, 'schm')).toEqual([SCHMIDT])
    expect(findPeople(TEAM, 'anna s')).toEqual([SCHMIDT])
    expect(findPeople(TEAM, 'anna schmidt ')).toEqual([])
  })
})

describe('the people whom a note mentions', () => {
  it.each([
    ['@Anna Schmidt, see this', ['2']],
    ['@Anna and @Anna Schmidt', ['1', '2']],
    ['@ben (sales)!', ['3']],
    ['@Annabel', []],
    ['write to kim@Anna', []],
  ])('%s', (text, expected) => {
    expect(mentionsIn(text, TEAM, [])).toEqual(expected)
  })

  it('are the chosen ones of one name', () => {
    expect(mentionsIn('@Ben (Sales)', [...TEAM, OTHER_BEN], ['4'])).toEqual(['4'])
    expect(mentionsIn('@Ben (Sales)', [...TEAM, OTHER_BEN], [])).toEqual(['3', '4'])
  })

  it('are unknown until the people are known, so that none is lost', () => {
    expect(mentionsIn('@Anna', undefined, [])).toBeUndefined()
    expect(mentionsIn('thanks', undefined, [])).toEqual([])
  })
})

describe('a note', () => {
  it('is split at links and mentions', () => {
    expect(splitNote('@Anna: see https://a.example/b(c), or mailto:kim@a.example.', ['Anna'])).toEqual([
      { kind: 'mention', text: '@Anna' },
      { kind: 'text', text: ': see ' },
      { kind: 'link', text: 'https://a.example/b(c)', href: 'https://a.example/b(c)' },
      { kind: 'text', text: ', or ' },
      { kind: 'link', text: 'mailto:kim@a.example', href: 'mailto:kim@a.example' },
      { kind: 'text', text: '.' },
    ])
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'xhttps://a.example', 'https://', 'ftp://a.example'])(
    'has no link to %s',
    (text) => {
      expect(splitNote(text, [])).toEqual([{ kind: 'text', text }])
    },
  )

  it('knows links to conversations of this Postkey', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057'
    expect(conversationIn(`https://desk.example/inbox/${id}?q=x`, 'https://desk.example')).toBe(id)
    expect(conversationIn(`https://desk.example.evil/inbox/${id}`, 'https://desk.example')).toBeUndefined()
    expect(conversationIn('https://desk.example/inbox/../settings', 'https://desk.example')).toBeUndefined()
  })
})
