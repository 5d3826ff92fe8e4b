import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGuard, DOUBLE_CLICK_MS } from './use-once.ts'

describe('a mutation that must not run twice', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('runs once when it is called twice at the same moment', async () => {
    const act = vi.fn(() => Promise.resolve())
    const guard = createGuard()
    guard(act)
    guard(act)
    await vi.runAllTimersAsync()
    expect(act).toHaveBeenCalledOnce()
  })

  it('runs once although the first call is answered before the second click of a double click', async () => {
    const act = vi.fn(() => Promise.resolve())
    const guard = createGuard()
    guard(act)
    await vi.advanceTimersByTimeAsync(DOUBLE_CLICK_MS - 1)
    guard(act)
    await vi.runAllTimersAsync()
    expect(act).toHaveBeenCalledOnce()
  })

  it('can run again later', async () => {
    const act = vi.fn(() => Promise.resolve())
    const guard = createGuard()
    guard(act)
    await vi.advanceTimersByTimeAsync(DOUBLE_CLICK_MS)
    guard(act)
    expect(act).toHaveBeenCalledTimes(2)
  })

  it('can run again as soon as it is reset, once', async () => {
    const act = vi.fn(() => Promise.resolve())
    const guard = createGuard()
    guard(act)
    await vi.advanceTimersByTimeAsync(1)
    guard.reset()
    guard(act)
    await vi.advanceTimersByTimeAsync(DOUBLE_CLICK_MS - 1)
    guard(act)
    expect(act).toHaveBeenCalledTimes(2)
  })

  it('is not run twice at the same moment by a reset', async () => {
    const act = vi.fn(() => Promise.resolve())
    const guard = createGuard()
    guard(act)
    guard.reset()
    expect(guard.isUnderWay()).toBe(true)
    guard(act)
    await vi.runAllTimersAsync()
    expect(guard.isUnderWay()).toBe(false)
    expect(act).toHaveBeenCalledOnce()
  })

  it('can be retried immediately after a failure', async () => {
    const act = vi.fn(() => Promise.reject(new Error('refused')))
    const guard = createGuard()
    guard(act)
    await vi.advanceTimersByTimeAsync(0)
    guard(act)
    expect(act).toHaveBeenCalledTimes(2)
    await vi.runAllTimersAsync()
  })
})
