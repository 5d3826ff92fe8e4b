/** Signing in by a code on another device, over HTTP, with the pages of the local Microsoft 365. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CloudProviderId } from '../../kernel/ids.ts'
import {
  CONTOSO,
  type Conduct,
  readCookie,
  createConnectingStage,
  createSandboxPerson,
} from '../../../test/kit/index.ts'

const BEN = 'ben@contoso.example'
const ADA = CONTOSO.admin
const SUPPORT = 'support@contoso.example'

const stage = await createConnectingStage()
const { ask, rooms, sandbox, database, clock, admin, newCloudProvider } = stage

let cloudProviderId: CloudProviderId

beforeAll(async () => {
  cloudProviderId = await newCloudProvider()
  const allowed = await ask(`PUT /v1/cloud-providers/${cloudProviderId}/device-code`, {
    as: admin,
    body: { isAllowed: true },
  })
  expect(allowed.status, allowed.text).toBe(200)
})

beforeEach(async () => {
  await fetch(`${sandbox.controlPanel}/api/faults`, { method: 'DELETE' })
  await database.db.deleteFrom('grants').execute()
})

interface Shown {
  id: string
  state: string
  userCode: string
  verificationUri: string
  userName?: string
  reason?: { code: string; fix: string }
}

async function begin(requestedAddress = SUPPORT) {
  const answer = await ask('POST /v1/device-sign-ins', { as: admin, body: { cloudProviderId, requestedAddress } })
  expect(answer.status, answer.text).toBe(201)
  return { shown: answer.body as Shown, browser: { cookie: `${admin.cookie}; ${readCookie(answer)}` } }
}

const typed = ({ verificationUri, userCode }: Shown, address: string, conduct?: Conduct) =>
  createSandboxPerson(sandbox, address).typeCode(verificationUri, userCode, conduct)

/** Advances the clock past the polling interval and polls, like the ticker. */
async function looked(id: string, browser: { cookie: string }): Promise<Shown> {
  clock.advance(6000)
  await sandbox.advance(6000)
  await rooms.deviceSignIns.askDue()
  return (await ask(`GET /v1/device-sign-ins/${id}`, { as: browser })).body as Shown
}

describe('a device code sign-in', () => {
  it('ends with a grant of the user who entered the code, and creates none before', async () => {
    const { shown, browser } = await begin()
    expect(await looked(shown.id, browser)).toMatchObject({ state: 'waiting' })

    expect(await typed(shown, BEN)).toContain('You have signed in')

    expect(await looked(shown.id, browser)).toMatchObject({ state: 'done', userName: BEN })
    expect(await rooms.grants.list(cloudProviderId)).toMatchObject([{ userName: BEN }])
    expect((await ask(`GET /v1/device-sign-ins/${shown.id}`)).status).toBe(404)
  })

  it('is discarded when the user cannot open the mailbox', async () => {
    const { shown, browser } = await begin()
    await typed(shown, ADA)

    expect(await looked(shown.id, browser)).toMatchObject({
      state: 'failed',
      userName: ADA,
      reason: { code: 'tokens.mailbox_not_opened' },
    })
    expect(await rooms.grants.list(cloudProviderId)).toEqual([])
  })

  it('reports that it was declined, or, when a policy blocks it, that it expired', async () => {
    const declined = await begin()
    await typed(declined.shown, BEN, 'cancel-at-device-confirm')
    expect(await looked(declined.shown.id, declined.browser)).toMatchObject({
      reason: { code: 'tokens.device_code_declined' },
    })

    await fetch(`${sandbox.controlPanel}/api/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'device-code-blocked', on: { user: BEN } }),
    })
    const blocked = await begin()
    expect(await typed(blocked.shown, BEN)).toContain('AADSTS53003')
    clock.advance(900_000)
    await sandbox.advance(900_000)
    const { state, reason } = await looked(blocked.shown.id, blocked.browser)
    expect([state, reason?.code]).toEqual(['failed', 'tokens.device_code_expired'])
    expect(reason!.fix).toContain('a Conditional Access policy blocks')
    expect(await rooms.grants.list(cloudProviderId)).toEqual([])
  })

  it('can be started five times by one link, even concurrently', async () => {
    const body = { cloudProviderId, kind: 'sign-in', requestedAddress: SUPPORT }
    const { url } = (await ask('POST /v1/sign-in-links', { as: admin, body })).body as { url: string }
    const token = new URL(url).hash.slice(1)

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => ask('POST /v1/sign-in-links/begin-device', { body: { token } })),
    )

    const countOf = (wanted: number) => answers.filter(({ status }) => status === wanted).length
    expect([countOf(201), countOf(429)]).toEqual([5, 7])
    expect(answers.find(({ status }) => status === 429)!.body).toMatchObject({ code: 'tokens.sign_in_link_busy' })
  })

  it('consumes its link, which states in advance that it can be used', async () => {
    const body = { cloudProviderId, kind: 'sign-in', requestedAddress: SUPPORT }
    const link = (await ask('POST /v1/sign-in-links', { as: admin, body })).body as { id: string; url: string }
    const token = new URL(link.url).hash.slice(1)
    expect((await ask('POST /v1/sign-in-links/preview', { body: { token } })).body).toMatchObject({
      allowsDeviceCode: true,
    })
    const begun = await ask('POST /v1/sign-in-links/begin-device', { body: { token } })
    const shown = begun.body as Shown
    await typed(shown, BEN)

    expect(await looked(shown.id, { cookie: readCookie(begun) })).toMatchObject({ state: 'done', userName: BEN })
    expect((await ask('POST /v1/sign-in-links/preview', { body: { token } })).status).toBe(410)
  })

  it('is unavailable once an admin forbids it', async () => {
    const other = await newCloudProvider()
    const body = { cloudProviderId: other, requestedAddress: SUPPORT }
    expect(await ask('POST /v1/device-sign-ins', { as: admin, body })).toMatchObject({
      status: 409,
      body: { code: 'tokens.device_code_not_allowed' },
    })
    const link = { cloudProviderId: other, kind: 'sign-in', requestedAddress: SUPPORT }
    const { url } = (await ask('POST /v1/sign-in-links', { as: admin, body: link })).body as { url: string }
    const token = new URL(url).hash.slice(1)
    expect((await ask('POST /v1/sign-in-links/begin-device', { body: { token } })).status).toBe(409)
  })
})
