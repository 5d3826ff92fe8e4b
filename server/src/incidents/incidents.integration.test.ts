import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../test-kit/index.ts'
import { createStage, MINUTE_MS, SECOND_MS } from './stage-for-test.ts'

const database = await testDatabase()
const stage = createStage(database)

beforeEach(() => stage.reset())
afterAll(() => stage.close())

describe('a secret that expires under 50 mailboxes', () => {
  it('is one incident and one mail that names them all, and all are out of it within a minute of the new secret', async () => {
    const cloudProviderId = await stage.provider()
    const accounts = await stage.accounts(50, { cloudProviderId })
    await stage.cloudProvider(cloudProviderId, 'needs-admin', 'cloud_providers.secret_expired')
    for (const { id } of accounts.slice(0, 10)) {
      await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    }
    await stage.look()
    // The others notice while people are not told yet, and after.
    for (const { id } of accounts.slice(10, 30)) {
      await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    }
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    for (const { id } of accounts.slice(30)) await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)

    const [incident, ...others] = await stage.open()
    expect(others).toEqual([])
    expect(incident).toMatchObject({ cause: 'provider', reason: { code: 'cloud_providers.secret_expired' } })
    expect(incident!.affected).toHaveLength(50)
    const [alert, ...more] = await stage.told()
    expect(more).toEqual([])
    for (const { address } of incident!.affected) expect(alert!.text).toContain(address)

    await stage.cloudProvider(cloudProviderId, 'connected')
    for (const { id } of accounts) await stage.account(id, 'connecting')
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toHaveLength(1)
    for (const { id } of accounts) await stage.account(id, 'connected')
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(MINUTE_MS, 5 * SECOND_MS)
    expect((await stage.told()).map(({ kind }) => kind)).toEqual(['incident.opened', 'incident.closed'])
  })
})
