import { expect, it } from 'vitest'
import { findCanned } from './canned-search.ts'

const entry = (name: string, usedCount: number, more: { folder?: string; preview?: string } = {}) => ({
  ...{ name, usedCount, folder: '', preview: '' },
  ...more,
})
const REFUND = entry('Refund granted', 3)
const RETURN = entry('Return label', 9, { folder: 'Shipping/Returns' })
const DELAY = entry('Delay', 1, { preview: 'Your refund is on its way.' })
const ALL = [DELAY, REFUND, RETURN]

it('finds by the beginnings of words, names first', () => {
  expect(findCanned(ALL, 're').map(({ name }) => name)).toEqual(['Return label', 'Refund granted', 'Delay'])
  expect(findCanned(ALL, 'label ship')).toEqual([RETURN])
  expect(findCanned(ALL, 'und')).toEqual([])
  expect(findCanned(ALL, '')).toEqual([RETURN, REFUND, DELAY])
})
