import { describe, expect, it } from 'vitest'
import { createLog } from '../../kernel/log.ts'
import { keepRunning } from './keep-running.ts'

const quick = { log: createLog({ level: 'silent' }), lookEveryMs: 1, firstPauseMs: 1 }

describe('a process that is kept running', () => {
  it('is restarted each time it ends, as long as a restart succeeds', async () => {
    let isUp = true
    let starts = 0
    const third = Promise.withResolvers<undefined>()
    const stop = keepRunning(
      {
        isRunning: () => isUp,
        async startAgain() {
          isUp = true
          if (++starts === 3) third.resolve(undefined)
          else setTimeout(() => (isUp = false), 3)
        },
      },
      { ...quick, onGivenUp: third.reject },
    )
    isUp = false

    await third.promise
    await stop()
    expect(starts).toBe(3)
  })

  it("is given up after five failed starts in a row, with the last failure, and isn't started again", async () => {
    let starts = 0
    const failure = await new Promise((resolve) => {
      keepRunning(
        { isRunning: () => false, startAgain: () => Promise.reject(new Error(`try ${++starts}`)) },
        { ...quick, onGivenUp: resolve },
      )
    })

    expect(failure).toEqual(new Error('try 5'))
  })

  it('may end after keeping it running was stopped, which waits for a start in progress', async () => {
    const begun = Promise.withResolvers<undefined>()
    let isStarted = false
    const stop = keepRunning(
      {
        isRunning: () => isStarted,
        async startAgain() {
          begun.resolve(undefined)
          await new Promise((resolve) => setTimeout(resolve, 20))
          isStarted = true
        },
      },
      { ...quick, onGivenUp: begun.reject },
    )
    await begun.promise

    await stop()

    expect(isStarted).toBe(true)
  })

  it('is neither restarted nor given up while no file handle is left to check it', async () => {
    let looks = 0
    let starts = 0
    const enough = Promise.withResolvers<undefined>()
    const stop = keepRunning(
      {
        isRunning() {
          if (++looks === 20) enough.resolve(undefined)
          throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
        },
        startAgain: () => Promise.resolve(starts++),
      },
      { ...quick, onGivenUp: enough.reject },
    )

    await enough.promise
    await stop()
    expect(starts).toBe(0)
  })

  it("isn't given up because of starts that had no file handle", async () => {
    let tries = 0
    let isUp = false
    const started = Promise.withResolvers<undefined>()
    const stop = keepRunning(
      {
        isRunning: () => isUp,
        async startAgain() {
          if (++tries < 8) throw new Error('start failed', { cause: Object.assign(new Error(), { code: 'EMFILE' }) })
          isUp = true
          started.resolve(undefined)
        },
      },
      { ...quick, onGivenUp: started.reject },
    )

    await started.promise
    await stop()
    expect(tries).toBe(8)
  })
})
