import { describe, expect, it } from 'vitest'
import type { GrantId } from '../../kernel/ids.ts'
import { createTestClock } from '../../../test/kit/index.ts'
import { createUserAddresses } from './user-addresses.ts'

const GRANT = 'grant' as GrantId
const HOUR_MS = 60 * 60_000

describe('addresses of a user', () => {
  it('are the user name, without a question to Microsoft', async () => {
    const { own, asked } = setUp()

    expect(await own.isOwn(GRANT, 'slind@contoso.example', 'SLind@contoso.example')).toBe(true)
    expect(asked.count).toBe(0)
  })

  it('are asked once a day', async () => {
    const { own, asked, clock } = setUp()
    for (const address of ['Sofia.Lind@contoso.example', 'sofia@contoso.example']) {
      expect(await own.isOwn(GRANT, 'slind@contoso.example', address)).toBe(true)
    }
    expect(await own.isOwn(GRANT, 'slind@contoso.example', 'support@contoso.example')).toBe(false)
    expect(asked.count).toBe(1)

    clock.advance(25 * HOUR_MS)
    asked.addresses = ['sofia.berg@contoso.example']
    expect(await own.isOwn(GRANT, 'slind@contoso.example', 'sofia.lind@contoso.example')).toBe(false)
    expect(asked.count).toBe(2)
  })

  it('stay known while Microsoft does not answer, and are asked again after ten minutes', async () => {
    const { own, asked, clock } = setUp()
    const isOwn = () => own.isOwn(GRANT, 'slind@contoso.example', 'sofia.lind@contoso.example')
    asked.fails = true
    expect(await isOwn()).toBe(false)
    expect(await isOwn()).toBe(false)
    expect(asked.count).toBe(1)

    asked.fails = false
    clock.advance(HOUR_MS)
    expect(await isOwn()).toBe(true)

    asked.fails = true
    clock.advance(25 * HOUR_MS)
    expect(await isOwn()).toBe(true)
  })
})

function setUp() {
  const clock = createTestClock()
  const asked = { count: 0, fails: false, addresses: ['sofia.lind@contoso.example', 'sofia@contoso.example'] }
  const own = createUserAddresses(clock, () => {
    asked.count++
    return asked.fails ? Promise.reject(new TypeError('no answer')) : Promise.resolve(asked.addresses)
  })
  return { own, asked, clock }
}
