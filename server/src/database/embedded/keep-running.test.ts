import { describe, expect, it } from 'vitest'
import { createLog } from '../../kernel/log.ts'
import { keepRunning } from './keep-running.ts'

const quick = { log: createLog({ level: 'silent' }), lookEveryMs: 1, firstPauseMs: 1 }

describe('what is kept running', () => {
  it('is started again when it has ended, as often as one try helps', async () => {
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

  it('is given up after five tries in a row, with the last failure, and left alone from then on', async () => {
    let starts = 0
    const failure = await new Promise((resolve) => {
      keepRunning(
        { isRunning: () => false, startAgain: () => Promise.reject(new Error(`try ${++starts}`)) },
        { ...quick, onGivenUp: resolve },
      )
    })

    expect(failure).toEqual(new Error('try 5'))
  })

  it('may end once it was let go, and a start that is under way is waited for', async () => {
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

  it('is neither started again nor given up while no file handle is left to look for it', async () => {
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

  it('is not given up by tries for which there was no file handle', async () => {
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
