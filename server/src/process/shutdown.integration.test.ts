import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { createClosing } from './shutdown.ts'
import { createEgress } from '../kernel/egress.ts'
import { AppError } from '../kernel/errors.ts'
import { createLog } from '../kernel/log.ts'

const log = createLog({ level: 'silent' })
const limits = { work: 100, connections: 2_000, database: 100 }

/** Accepts connections and never answers. */
const silent = createServer().listen(0, '127.0.0.1')
await once(silent, 'listening')
const url = `http://localhost:${(silent.address() as AddressInfo).port}/`
afterAll(() => silent.close())

describe('the shutdown', () => {
  it('aborts a request to a silent server, so that the work ends and releases its claim', async () => {
    const closing = createClosing(log, limits)
    const egress = createEgress({ allowPrivate: () => true })
    const events: string[] = []
    const accepted = once(silent, 'connection')
    const work = egress.fetch(url).catch((error: unknown) => events.push(AppError.from(error).code, 'claim given back'))
    await accepted
    closing.add('database', 'database', () => events.push('database closed'))
    closing.add('connections', 'egress', () => egress.close())
    closing.add('work', 'outbox', () => work)

    await closing.close()

    expect(events).toEqual(['egress.unreachable', 'claim given back', 'database closed'])
  })

  it('ends in time when the database does not respond, and names the database', async () => {
    const closing = createClosing(log, limits)
    closing.add('database', 'database', () => new Promise(() => undefined))
    closing.add('work', 'sync', () => new Promise(() => undefined))

    const failure = await closing.close().catch((error: unknown) => error)

    expect(failure).toMatchObject({ code: 'kernel.end_overdue' })
    expect((failure as { cause: Error }).cause.message).toContain('database did not close in time')
    expect((failure as { cause: Error }).cause.message).toContain('sync did not close in time')
  })

  it('closes the other parts when one fails', async () => {
    const closing = createClosing(log, limits)
    const closed: string[] = []
    closing.add('work', 'first', () => closed.push('first'))
    closing.add('work', 'second', () => Promise.reject(new Error('broken')))

    await expect(closing.close()).rejects.toMatchObject({ code: 'kernel.end_overdue' })
    expect(closed).toEqual(['first'])
  })
})
