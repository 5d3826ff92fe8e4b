import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { followDraftSaves, noteOwnSave } from './draft-saves.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const EVERY_MS = 10_000
const refresh = vi.fn()
const saves = followDraftSaves(refresh)
const note = (draft: { draftId?: string; version?: number }) =>
  saves.note(JSON.stringify({ ...draft, everyMs: EVERY_MS }))

it('saves of another window refresh the list at once, and once more after those that were not announced', () => {
  note({ draftId: 'a', version: 2 })
  expect(refresh).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(EVERY_MS)
  note({ draftId: 'a', version: 9 })
  expect(refresh).toHaveBeenCalledTimes(2)

  vi.advanceTimersByTime(EVERY_MS)
  expect(refresh).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(10 * EVERY_MS)
  expect(refresh).toHaveBeenCalledTimes(3)

  saves.open()
  vi.advanceTimersByTime(EVERY_MS)
  expect(refresh).toHaveBeenCalledTimes(3)
  vi.advanceTimersByTime(EVERY_MS)
  expect(refresh).toHaveBeenCalledTimes(4)

  note({})
  saves.stop()
  vi.advanceTimersByTime(10 * EVERY_MS)
  expect(refresh).toHaveBeenCalledTimes(5)
})

it('an own save causes no request at once, but one after the saves of another window that were not announced', () => {
  refresh.mockClear()
  noteOwnSave('b', 4)
  note({ draftId: 'b', version: 4 })
  vi.advanceTimersByTime(EVERY_MS)
  expect(refresh).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10 * EVERY_MS)
  expect(refresh).toHaveBeenCalledTimes(1)

  note({ draftId: 'b', version: 5 })
  note({ draftId: 'b' })
  expect(refresh).toHaveBeenCalledTimes(3)
  saves.stop()
})
