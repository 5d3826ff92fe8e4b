import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../api/client.ts'
import { arrivals, mergePages, placeOf, scrollFor, step, withKept, withPlace } from './list-place.ts'

const row = (id: string, hour: number, unread = false) =>
  ({ id, unread, lastMessageAt: new Date(Date.UTC(2026, 10, 3, hour)).toISOString() }) as Conversation
const ROWS = [row('c', 12), row('b', 11), row('a', 10)]

describe('the list', () => {
  it('shows a conversation once that moved up between two pages', () => {
    const pages = [{ conversations: [row('b', 13), row('c', 12)] }, { conversations: [row('b', 11), row('a', 10)] }]
    expect(mergePages(pages).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })

  it('keeps a row that left the view at its place, also at the end of a shorter list', () => {
    const ids = (index: number) => withKept(ROWS, { conversation: row('kept', 9), index }).map(({ id }) => id)
    expect([ids(1), ids(7)]).toEqual([
      ['c', 'kept', 'b', 'a'],
      ['c', 'b', 'a', 'kept'],
    ])
  })

  it('keeps a row that moved at its former place, and leaves a list without it alone', () => {
    const place = placeOf(ROWS, 'b')!
    const ids = (...rows: string[]) =>
      withPlace(
        rows.map((id) => row(id, 9)),
        place,
      ).map(({ id }) => id)
    expect(ids('c', 'a', 'b')).toEqual(['c', 'b', 'a'])
    expect(ids('c', 'b', 'a')).toEqual(['c', 'b', 'a'])
    expect(ids('c', 'a')).toEqual(['c', 'a'])
    expect(placeOf(ROWS, 'gone')).toBeUndefined()
  })

  it('keeps it above the row that was below it while other rows arrive, move and leave', () => {
    const place = placeOf([row('d', 13), ...ROWS], 'c')!
    const ids = (...rows: string[]) =>
      withPlace(
        rows.map((id) => row(id, 9)),
        place,
      ).map(({ id }) => id)
    expect(ids('new', 'd', 'b', 'a', 'c')).toEqual(['new', 'd', 'c', 'b', 'a'])
    expect(ids('b', 'a', 'd', 'c')).toEqual(['c', 'b', 'a', 'd'])
    expect(ids('d', 'a', 'c')).toEqual(['d', 'c', 'a'])
    expect(ids('new', 'c')).toEqual(['new', 'c'])
  })

  it('keeps the last row below the row that was above it', () => {
    const place = placeOf(ROWS, 'a')!
    const ids = (...rows: string[]) =>
      withPlace(
        rows.map((id) => row(id, 9)),
        place,
      ).map(({ id }) => id)
    expect(ids('new', 'c', 'b', 'a')).toEqual(['new', 'c', 'b', 'a'])
    expect(ids('new', 'c', 'a')).toEqual(['new', 'c', 'a'])
    expect(ids('c', 'b', 'older', 'a')).toEqual(['c', 'b', 'a', 'older'])
    expect(ids('new', 'a')).toEqual(['new', 'a'])
  })

  it('counts new mail, also in a known conversation', () => {
    expect(arrivals(ROWS, [row('d', 13, true), ...ROWS])).toBe(1)
    expect(arrivals(ROWS, [row('a', 13, true), row('c', 12), row('b', 11)])).toBe(1)
  })

  it('does not count read, own or older messages', () => {
    expect(arrivals(ROWS, [row('d', 13), ...ROWS])).toBe(0)
    expect(arrivals(ROWS, [...ROWS, row('z', 9, true)])).toBe(0)
    expect(arrivals([row('c', 12, true)], [row('c', 12, true)])).toBe(0)
  })

  it('is traversed step by step, and stops at its ends', () => {
    expect(step(ROWS, { id: undefined, index: 0 }, 1)).toBe(0)
    expect(step(ROWS, { id: 'c', index: 0 }, 1)).toBe(1)
    expect(step(ROWS, { id: 'a', index: 2 }, 1)).toBe(2)
    expect(step(ROWS, { id: 'c', index: 0 }, -1)).toBe(0)
    expect(step([], { id: 'c', index: 0 }, 1)).toBeUndefined()
  })

  it('continues from the former position of a removed row', () => {
    expect(step(ROWS, { id: 'gone', index: 1 }, 1)).toBe(1)
    expect(step(ROWS, { id: 'gone', index: 1 }, -1)).toBe(0)
  })

  it('keeps the scroll position when rows are added above', () => {
    expect(scrollFor([row('d', 13), ...ROWS], { id: 'b', offset: 20 }, 80)).toBe(180)
    expect(scrollFor(ROWS, { id: 'gone', offset: 20 }, 80)).toBeUndefined()
  })
})
