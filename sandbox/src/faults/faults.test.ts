import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMovableClock } from '../kernel/clock.ts'
import { type Database, openDatabase } from '../kernel/database.ts'
import { createDirectory, seedTenants } from '../tenants/index.ts'
import { createFaults } from './index.ts'

const BEN = '00000000-0000-4000-8000-000000000003'
const CONTOSO = '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11'

describe('the faults', () => {
  it('survive a restart, including the number of their calls', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-faults-'))
    const first = openDatabase(join(folder, 'state.sqlite'))
    const before = setUp(first).faults
    before.switchOn('user-disabled', { user: BEN }, { times: 5 })
    before.ask('entra.person', { call: 'token', userId: BEN })
    const [kept] = before.listOn()
    first.close()

    const second = openDatabase(join(folder, 'state.sqlite'))
    const { faults } = setUp(second)
    expect(kept).toMatchObject({ met: 1, times: 5, target: { user: BEN } })
    expect(faults.listOn()).toEqual([kept])
    expect(faults.ask('entra.person', { call: 'token', userId: BEN })).toEqual({ code: 50057 })
    second.close()
    rmSync(folder, { recursive: true })
  })

  it('affect only subjects that match every named target', () => {
    const { faults } = setUp()
    faults.switchOn('user-disabled', { user: BEN, tenant: CONTOSO })
    const hits = (subject: object) => faults.find('entra.person', { call: '', ...subject }) !== undefined
    expect(hits({ userId: BEN, tenantId: CONTOSO })).toBe(true)
    expect(hits({ homeUserId: BEN, userId: 'a guest', tenantId: CONTOSO })).toBe(true)
    expect(hits({ userId: BEN })).toBe(false)
    expect(hits({ tenantId: CONTOSO })).toBe(false)
    expect(hits({ userId: BEN, tenantId: 'another' })).toBe(false)
  })

  it('end after the given number of calls', () => {
    const { faults } = setUp()
    const { id } = faults.switchOn('user-disabled', {}, { times: 2 })
    const asked = [1, 2, 3].map(() => faults.ask('entra.person', { call: 'token' }))
    expect(asked.map((effect) => effect !== undefined)).toEqual([true, true, false])
    expect(faults.listOn()).toEqual([])
    expect(faults.callsOf(id)).toHaveLength(2)
  })

  it('are found without recording a call', () => {
    const { faults } = setUp()
    const { id } = faults.switchOn('strict-rotation')
    const met = faults.find('entra.rotation', { call: 'token' })
    expect(faults.callsOf(id)).toEqual([])
    met?.reveal()
    expect(faults.callsOf(id)).toHaveLength(1)
  })

  it('with effect on existing objects only spare newer ones', () => {
    const { faults, clock } = setUp()
    const since = clock.now().getTime()
    faults.switchOn('password-changed')
    const hits = (bornAt?: number) => faults.find('entra.person', { call: '', bornAt }) !== undefined
    expect(hits(since - 1)).toBe(true)
    expect(hits(since + 60_000)).toBe(false)
    expect(hits()).toBe(false)
  })

  it('apply the latest first, when several match', () => {
    const { faults } = setUp()
    faults.switchOn('user-disabled')
    faults.switchOn('account-locked')
    expect(faults.ask('entra.person', { call: '' })).toEqual({ code: 50053 })
  })

  it('keep the last thousand calls', () => {
    const { faults } = setUp()
    const { id } = faults.switchOn('user-disabled')
    for (let i = 1; i <= 1003; i++) faults.ask('entra.person', { call: `call ${i}` })
    const calls = faults.callsOf(id)
    expect([calls.length, calls[0]?.call, calls.at(-1)?.call]).toEqual([1000, 'call 4', 'call 1003'])
    expect(faults.listOn()[0]?.met).toBe(1003)
  })
})

function setUp(database: Database = openDatabase(':memory:')) {
  const clock = createMovableClock(database)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  return { clock, directory, faults: createFaults(database, clock, directory) }
}
