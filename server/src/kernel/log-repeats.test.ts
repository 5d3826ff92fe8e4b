import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { AppError } from './errors.ts'
import { createLog } from './log.ts'
import { createTicker } from './ticker.ts'

interface Line {
  level: number
  msg: string
  err?: { code?: string; message: string; stack?: string }
  repeats?: number
  folder?: string
}

let lines: Line[] = []
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) }

beforeEach(() => {
  vi.useFakeTimers()
  lines = []
})
afterEach(() => vi.useRealTimers())

describe('the log of an outage', () => {
  it('has one line per cause and minute, even when several tasks retry for ten minutes', async () => {
    const log = createLog({ destination })
    const tickers = ['alerts', 'incidents', 'outbox', 'mailboxes'].map((name) =>
      createTicker({
        ...{ name, clock: systemClock, everyMs: 500, deadlineMs: 60_000 },
        run: () => Promise.reject(new AppError('database.unavailable', { cause: new Error('ECONNREFUSED') })),
        onError: (err) => log.child({ room: name }).warn({ err }, `${name} could not be read`),
      }),
    )
    for (const ticker of tickers) ticker.start()
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    await Promise.all(tickers.map((ticker) => ticker.stop()))
    expect(lines.length).toBeLessThanOrEqual(11)
    expect(lines.length).toBeGreaterThanOrEqual(10)
    expect(lines[0]).toMatchObject({ level: 40, err: { code: 'database.unavailable' } })
    expect(lines[0]!.err!.stack).toBeDefined()
    for (const { level, repeats, err } of lines.slice(1)) {
      expect([level, err]).toEqual([40, undefined])
      expect(repeats).toBeGreaterThan(100)
    }
  })

  it('ends with the number of the last repeats, and starts the next outage with a stack', async () => {
    const log = createLog({ destination })
    const fail = () => log.warn({ err: new AppError('egress.unreachable') }, 'The mailbox could not be read')
    for (let n = 0; n < 5; n++) fail()
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect(lines).toMatchObject([{ err: {} }, { code: 'egress.unreachable', repeats: 4 }])
    fail()
    expect(lines).toHaveLength(3)
    expect(lines[2]!.err!.stack).toBeDefined()
  })

  it('keeps causes and tasks apart', () => {
    const log = createLog({ destination })
    const fail = (err: Error, text: string) => log.warn({ err }, text)
    fail(new AppError('egress.unreachable'), 'The mailbox could not be read')
    fail(new AppError('egress.timed_out'), 'The mailbox could not be read')
    fail(new AppError('egress.unreachable'), 'An alert could not be delivered')
    fail(new TypeError('a is undefined'), 'The mailbox could not be read')
    fail(new TypeError('b is undefined'), 'The mailbox could not be read')
    expect(lines).toHaveLength(5)
  })

  it('contains each failed request, whose trace id a user may have, unless the database is the cause', () => {
    const log = createLog({ destination })
    for (const reqId of ['1', '2', '3']) {
      log.child({ reqId }).error({ err: new AppError('kernel.unexpected') }, 'request failed')
      log.child({ reqId }).error({ err: new AppError('database.unavailable') }, 'request failed')
    }
    expect(lines).toHaveLength(4)
  })

  it("doesn't limit lines without an error, below warn, or fatal", () => {
    const log = createLog({ destination })
    const err = new AppError('egress.unreachable')
    for (let n = 0; n < 3; n++) {
      log.warn({ folder: 'a' }, 'A folder differed from the server')
      log.info({ err }, 'The token was refreshed after an error')
      log.fatal({ err }, 'The server ends')
    }
    expect(lines).toHaveLength(9)
  })
})
