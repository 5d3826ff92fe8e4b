import { expect, it } from 'vitest'
import { words } from '../../words/index.ts'
import { confirmationOf } from './confirmation.ts'

const text = words.retention

it('a retention is confirmed with its counts, or without them once they have failed', () => {
  const of = (isCounted: boolean, hasFailed: boolean) => confirmationOf({ isCounted, hasFailed, isEmpty: false })
  expect(of(false, false)).toEqual({ waiting: true, sentence: text.counting })
  expect(of(true, false)).toEqual({ waiting: false, sentence: text.now })
  expect(of(false, true)).toEqual({ waiting: false, sentence: `${text.uncounted} ${text.now}` })
  // Saving has failed.
  expect(of(true, true)).toEqual({ waiting: false, sentence: undefined })
})
