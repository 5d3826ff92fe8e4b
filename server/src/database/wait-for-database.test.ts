import { describe, expect, it } from 'vitest'
import type { Database } from './database.ts'
import { AppError } from '../kernel/errors.ts'
import { createLog } from '../kernel/log.ts'
import { waitForDatabase } from './wait-for-database.ts'

const { signal } = new AbortController()

function unavailable(message: string): AppError {
  return new AppError('database.unavailable', { cause: new Error(message) })
}

function collectingLog() {
  const lines: string[] = []
  return { lines, log: createLog({ destination: { write: (line: string) => void lines.push(line) } }) }
}

describe('the wait for the database at the start', () => {
  it('logs each cause once and connects when the database is available', async () => {
    const { lines, log } = collectingLog()
    const answers = ['refused', 'refused', 'starting up', 'starting up', 'refused']
    const database = {} as Database
    const connect = () => {
      const answer = answers.shift()
      return answer === undefined ? Promise.resolve(database) : Promise.reject(unavailable(answer))
    }

    expect(await waitForDatabase(connect, { log, signal, pauseMs: 1 })).toBe(database)
    expect(lines.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
      'refused',
      'starting up',
      'refused',
    ])
  })

  it.each([
    ['refuses connections', () => Promise.reject(unavailable('refused'))],
    ['accepts connections and is silent', () => new Promise<never>(() => undefined)],
  ])('ends with its own error after the time limit when the database %s', async (_what, connect) => {
    const { log } = collectingLog()

    const failure = await waitForDatabase(connect, { log, signal, waitMs: 50, pauseMs: 5 }).catch((e: unknown) => e)

    expect(failure).toMatchObject({ code: 'database.absent_at_start', remedy: 'admin' })
    expect((failure as AppError).fix).toContain('Nothing was changed')
  })

  it('does not retry a permanent refusal', async () => {
    const { log } = collectingLog()
    let tries = 0
    const connect = () => Promise.reject(new AppError('database.refused', { cause: new Error(`try ${++tries}`) }))

    await expect(waitForDatabase(connect, { log, signal })).rejects.toMatchObject({ code: 'database.refused' })
    expect(tries).toBe(1)
  })

  it('ends at once when the process is to end', async () => {
    const { log } = collectingLog()
    const ending = new AbortController()
    const waiting = waitForDatabase(() => Promise.reject(unavailable('refused')), { log, signal: ending.signal })
    ending.abort()

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })
})
