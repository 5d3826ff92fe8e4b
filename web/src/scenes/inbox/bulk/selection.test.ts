import { expect, it } from 'vitest'
import { extended, NOTHING, toggled } from './selection.ts'

const ROWS = ['a', 'b', 'c', 'd'].map((id) => ({ id }))

it('a row is added, and removed again', () => {
  const one = toggled(NOTHING, 'b')
  expect([...one.ids]).toEqual(['b'])
  expect([...toggled(one, 'b').ids]).toEqual([])
})

it('a range goes from the last selected row in either direction, and keeps the others', () => {
  const some = toggled(toggled(NOTHING, 'd'), 'b')
  expect([...extended(some, ROWS, 'a').ids].sort()).toEqual(['a', 'b', 'd'])
  expect([...extended(some, ROWS, 'c').ids].sort()).toEqual(['b', 'c', 'd'])
})

it('a range without its start is the row alone', () => {
  expect([...extended({ ...NOTHING, anchor: 'gone' }, ROWS, 'c').ids]).toEqual(['c'])
})
