/** Tokens and grants that are kept in memory: changes by any process are effective. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTestClock, silentLog, storeGrant, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createDatabase, type Database } from '../database/index.ts'
import { createEvents } from '../events/index.ts'
import { createKeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import { createApplicationTokens, type ApplicationTokensDeps } from './application-tokens.ts'
import { createPostgresGrantVault } from './postgres-grant-vault.ts'

const database = await testDatabase()
const clock = createTestClock()
const keyRing = createKeyRing([{ id: 'stored', key: randomBytes(32) }], 'stored')

describe('an application token', () => {
  it('is read once, and not returned after this process has discarded it', async () => {
    const { principal, tokensOn } = await application()
    // Without notifications, which arrive later.
    const one = await tokensOn({ ...database, listen: () => Promise.resolve(() => Promise.resolve()) })
    const first = await one.get(principal)
    const reads = vi.spyOn(keyRing, 'open')
    for (let n = 0; n < 3; n++) expect((await one.get(principal)).value.equals(first.value)).toBe(true)
    expect(reads).toHaveBeenCalledTimes(1)
    reads.mockRestore()

    await one.discard(principal, first)

    expect((await one.get(principal)).value.equals(first.value)).toBe(false)
  })

  it('is not returned any more after another process has discarded it', async () => {
    const { principal, tokensOn } = await application()
    const [one, two] = [await tokensOn(database), await tokensOn(await anotherProcess())]
    const first = await one.get(principal)
    await one.get(principal)

    await two.discard(principal, first)

    await vi.waitFor(async () => expect((await one.get(principal)).value.equals(first.value)).toBe(false), WAIT)
  })

  it('is not returned shortly before it expires', async () => {
    const { principal, tokensOn } = await application()
    const one = await tokensOn(database)
    const first = await one.get(principal)
    await one.get(principal)

    clock.advance(3600_000)

    expect((await one.get(principal)).value.equals(first.value)).toBe(false)
  })
})

it('an ended grant is not returned as usable, in this process at once and in others after its notification', async () => {
  const { grantId: id } = await storeGrant(database, clock)
  const { sealed } = keyRing.seal(new Secret('refresh'), `grants.refresh_token:${id}`)
  await database.db.updateTable('grants').set({ refresh_token: sealed }).where('id', '=', id).execute()
  const [one, two] = [await vaultOn(database), await vaultOn(await anotherProcess())]
  for (const vault of [one, two, one, two]) expect((await vault.readKept(id)).ended).toBeUndefined()
  expect(await one.readKept(id)).not.toHaveProperty('refreshToken')

  await one.exclusively(id, (grant, save) => save({ ...grant, ended: { at: clock.now(), upstream: undefined } }))

  expect((await one.readKept(id)).ended).toBeDefined()
  expect((await one.keptSummary(id)).ended).toBeDefined()
  await vi.waitFor(async () => expect((await two.readKept(id)).ended).toBeDefined(), WAIT)
})

async function anotherProcess(): Promise<Database> {
  const other = await createDatabase(database.url, { log: silentLog })
  onTestFinished(() => other.close())
  return other
}

async function vaultOn(on: Database) {
  const vault = createPostgresGrantVault({ database: on, keyRing, clock, events: createEvents(on) })
  await vault.start()
  onTestFinished(() => vault.stop())
  return vault
}

/** An application whose token endpoint returns a new token each time. */
async function application() {
  const { cloudProviderId } = await storeGrant(database, clock)
  const requestToken = () =>
    Promise.resolve({
      ok: true,
      tokens: { accessToken: new Secret(randomBytes(8).toString('hex')), expiresInSeconds: 3600 },
    })
  const cloudProviders = {
    get: () => Promise.resolve({}),
    cloudOf: () => ({ scopePrefixes: {} }),
    authorityOf: () => 'https://login.example',
  }
  const deps = { keyRing, clock, cloudProviders, requestToken } as unknown as ApplicationTokensDeps
  return {
    principal: { cloudProviderId, tenantId: 'contoso', resource: 'graph' } as const,
    tokensOn: async (on: Database) => {
      const tokens = createApplicationTokens({ ...deps, database: on })
      await tokens.start()
      onTestFinished(() => tokens.stop())
      return tokens
    },
  }
}
