import { describe, expect, it } from 'vitest'
import { COMMANDS, commandsFor, TARGETS } from './commands.ts'
import { createStrokeReader, readStroke } from './strokes.ts'

const BARE = { key: 'j', code: 'KeyJ', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

describe('the keys', () => {
  it('are assigned once', () => {
    const keys = COMMANDS.map((command) => command.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it("with one letter don't conflict with sequences of two", () => {
    const firsts = COMMANDS.map(({ keys }) => keys.split(' ')).filter(({ length }) => length === 2)
    for (const [first] of firsts) expect(COMMANDS.map(({ keys }) => keys)).not.toContain(first)
  })

  it('lead to each page once', () => {
    const ids = COMMANDS.filter(({ group }) => group === 'go').map(({ id }) => id)
    expect(ids.sort()).toEqual(Object.keys(TARGETS).sort())
  })

  it("don't lead an agent to pages for admins", () => {
    const ids = commandsFor('agent').map(({ id }) => id)
    expect(ids.filter((id) => id in TARGETS)).toEqual(['goInbox', 'goNotifications'])
  })
})

describe('a stroke', () => {
  it('is the letter, with or without Caps Lock', () => {
    expect(readStroke(BARE)).toBe('j')
    expect(readStroke({ ...BARE, key: 'J' })).toBe('j')
    expect(readStroke({ ...BARE, key: 'k', code: 'KeyK', ctrlKey: true })).toBe('Mod+k')
    expect(readStroke({ ...BARE, key: '?', code: 'Minus', shiftKey: true })).toBe('?')
  })

  it('is the same key on other keyboard layouts', () => {
    expect(readStroke({ ...BARE, key: 'о' })).toBe('j')
    expect(readStroke({ ...BARE, key: 'é', code: 'Digit2' })).toBe('é')
  })

  it('with Alt belongs to the system', () => {
    expect(readStroke({ ...BARE, altKey: true })).toBeUndefined()
  })
})

describe('strokes after each other', () => {
  it('form one command when the second follows soon', () => {
    const read = createStrokeReader(['g i', 'i'])
    expect([read('g', 0), read('i', 400)]).toEqual([undefined, 'g i'])
    expect([read('g', 10_000), read('i', 12_000)]).toEqual([undefined, 'i'])
  })

  it('matching no command do nothing', () => {
    const read = createStrokeReader(['g i', 'e'])
    expect([read('g', 0), read('e', 100), read('e', 200)]).toEqual([undefined, undefined, 'e'])
  })
})
