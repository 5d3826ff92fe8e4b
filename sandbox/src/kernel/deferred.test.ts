import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMovableClock, type MovableClock } from './clock.ts'
import { openDatabase, type Database } from './database.ts'
import { createDeferred } from './deferred.ts'

describe('deferred work', () => {
  let database: Database
  let clock: MovableClock
  let reports: unknown[]
  beforeEach(() => {
    database = openDatabase(':memory:')
    clock = createMovableClock(database)
    reports = []
  })
  afterEach(() => database.close())

  const create = () => createDeferred(database, clock, (error) => reports.push(error))
  const inMs = (ms: number) => new Date(clock.now().getTime() + ms)

  it('runs due work in the order of its times, and nothing else', async () => {
    const deferred = create()
    const ran: string[] = []
    deferred.handle<string>('note', (text) => void ran.push(text))
    deferred.schedule('note', inMs(-10), 'second')
    deferred.schedule('note', inMs(-20), 'first')
    deferred.schedule('note', inMs(60_000), 'later')

    await deferred.runDue()

    expect(ran).toEqual(['first', 'second'])
  })

  it('becomes due when the clock is moved', async () => {
    const deferred = create()
    const ran = new Promise<string>((resolve) => deferred.handle<string>('note', resolve))
    deferred.start()
    deferred.schedule('note', inMs(3_600_000), 'an hour on')

    clock.move(3_600_000)

    expect(await ran).toBe('an hour on')
    await deferred.stop()
  })

  it('survives a restart', async () => {
    create().schedule('note', inMs(-1), 'kept')
    const ran: string[] = []
    const afterRestart = create()
    afterRestart.handle<string>('note', (text) => void ran.push(text))

    await afterRestart.runDue()

    expect(ran).toEqual(['kept'])
  })

  it('reports failed work and continues with the next', async () => {
    const deferred = create()
    const ran: string[] = []
    deferred.handle<string>('note', (text) => {
      if (text === 'bad') throw new Error('broken')
      ran.push(text)
    })
    deferred.schedule('note', inMs(-2), 'bad')
    deferred.schedule('note', inMs(-1), 'good')

    await deferred.runDue()

    expect(ran).toEqual(['good'])
    expect(reports).toEqual([expect.objectContaining({ message: 'broken' })])
  })

  it('runs nothing twice in concurrent calls', async () => {
    const deferred = create()
    let runs = 0
    deferred.handle('note', async () => {
      await Promise.resolve()
      runs++
    })
    deferred.schedule('note', inMs(-1), 'once')

    await Promise.all([deferred.runDue(), deferred.runDue()])

    expect(runs).toBe(1)
  })
})
