/**
 * The principal of a mailbox, requests to replace it, and the backup sign-in: over HTTP, with the local Microsoft 365.
 * Support is a shared mailbox that Ben and Anna can open, but not Ada.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CloudProviderId, EmailAccountId, GrantId } from '../../kernel/ids.ts'
import { createSync, pushSettings } from '../../sync/index.ts'
import {
  type Answer,
  type Begun,
  CONTOSO,
  readCookie,
  createConnectingStage,
  silentLog,
  WAIT,
} from '../../../test/kit/index.ts'

const BEN = 'ben@contoso.example'
const ANNA = 'anna@contoso.example'
const ADA = CONTOSO.admin
const SUPPORT = 'support@contoso.example'
const HOUR_MS = 60 * 60 * 1000

const stage = await createConnectingStage()
const { ask, rooms, sandbox, database, clock, admin, newCloudProvider, begin, walk, grantOf } = stage
const sync = createSync({
  ...rooms,
  database,
  log: silentLog,
  pushFor: () =>
    Promise.resolve(
      pushSettings({
        publicUrl: stage.publicUrl,
        kind: 'shared',
        principal: { kind: 'grant' },
        allowsHttpLoopback: false,
      }),
    ),
  random: () => 0,
})

let cloudProviderId: CloudProviderId
let accountId: EmailAccountId
let ben: GrantId
/** Number of the test; mail of earlier tests is still in the mailbox. */
let number = 0

beforeAll(async () => {
  await sync.start()
})
afterAll(() => sync.stop())

beforeEach(async () => {
  number++
  await fetch(`${sandbox.controlPanel}/api/faults`, { method: 'DELETE' })
  await database.db.deleteFrom('email_accounts').execute()
  await database.db.deleteFrom('grants').execute()
  await database.db.deleteFrom('events').execute()
  await database.db.deleteFrom('audit_entries').execute()
  cloudProviderId = await newCloudProvider()
  ben = await grantOf(cloudProviderId, BEN)
  const associated = await ask('POST /v1/email-accounts', {
    as: admin,
    body: { name: 'Support', key: 'SUP', address: SUPPORT, kind: 'shared', contact: ADA, grantId: ben },
  })
  expect(associated.status, associated.text).toBe(201)
  accountId = (associated.body as { id: EmailAccountId }).id
  await sync.settled()
})

const at = (method: string, path = '') => `${method} /v1/email-accounts/${accountId}${path}`

interface Shown {
  state: string
  reason?: { code: string }
  principal: { grantId: string }
  backupSignIn?: { grantId: string; insteadOf?: string; reason?: { code: string }; checkedAt?: string }
}

async function account(): Promise<Shown> {
  return (await ask(at('GET'), { as: admin })).body as Shown
}

/** Anna has a code of her authenticator, which is valid once within its 30 seconds. */
async function grantOfAnna(): Promise<GrantId> {
  await passes(60_000)
  return grantOf(cloudProviderId, ANNA)
}

async function passes(ms: number): Promise<void> {
  await sandbox.advance(ms)
  clock.advance(ms)
}

async function synced(): Promise<Shown> {
  await sync.wake(accountId)
  await sync.settled()
  return account()
}

/** Ends the sign-in at Microsoft and lets its tokens expire. */
async function endAtMicrosoft(user: string): Promise<void> {
  const answer = await fetch(`${sandbox.controlPanel}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'user-disabled', on: { user } }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  await passes(30 * HOUR_MS)
}

async function write(subject: string): Promise<void> {
  const message = { from: 'kim@customer.example', to: [SUPPORT], subject, text: subject }
  const headers = { 'content-type': 'application/json' }
  const url = `${sandbox.controlPanel}/api/outside/messages`
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) })
  if (!answer.ok) throw new Error(await answer.text())
}

const letter = (n: number): string => `Test ${number} letter ${n}`

async function subjects(): Promise<string[]> {
  const rows = await database.db
    .selectFrom('messages')
    .select('subject')
    .where('email_account_id', '=', accountId)
    .where('subject', 'like', `Test ${number} %`)
    .orderBy('subject')
    .execute()
  return rows.map(({ subject }) => subject)
}

async function changes() {
  const entries = await rooms.people.audit.list({ limit: 200 })
  const { events } = await rooms.events.list({ emailAccountIds: 'all', limit: 500 })
  return {
    audit: entries.filter(({ action }) => action === 'email_account.principal_changed'),
    events: events.filter(({ kind }) => kind === 'email_account.principal_changed'),
  }
}

function read({ text }: Answer) {
  const links = [...text.matchAll(/<a class="next" href="([^"]+)">([^<]+)<\/a>/g)].map(([, href = '', label = '']) => ({
    href: href.replaceAll('&amp;', '&'),
    label,
  }))
  const said = text.replaceAll(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  return { said, links, labels: links.map(({ label }) => label) }
}

async function requests() {
  const { body } = await ask(at('GET', '/principal-requests'), { as: admin })
  return (body as { requests: { id: string; userName: string; startedBy: string }[] }).requests
}

const renewal = () => ({ requestedAddress: SUPPORT, reconnectGrantId: ben })

describe('a sign-in of a different user for a mailbox', () => {
  it('offers an admin the right account, or the new user as principal, and changes nothing until then', async () => {
    const before = await account()
    const page = read(await walk(await begin(cloudProviderId, renewal()), ADA))

    expect(page.said).toContain(`You signed in as ${ADA}; ${SUPPORT} was connected by ${BEN}`)
    expect(page.said).toContain(`Expected ${BEN}`)
    expect(page.labels).toEqual([`Sign in as ${BEN}`, `Use the sign-in of ${ADA}`, 'Back to Setup'])
    expect(page.links[1]!.href).toBe(`http://localhost:8400/email-accounts/${accountId}#principal-request`)
    expect(await account()).toEqual(before)
    expect((await rooms.grants.list(cloudProviderId)).map(({ id }) => id)).toEqual([ben])
    expect(await requests()).toMatchObject([{ userName: ADA, startedBy: `person:${admin.id}` }])
    expect(await changes()).toEqual({ audit: [], events: [] })
  })

  it('is discarded if the user cannot open the mailbox, even when an admin accepts', async () => {
    await walk(await begin(cloudProviderId, renewal()), ADA)
    const [request] = await requests()

    const tried = await ask(at('POST', `/principal-requests/${request!.id}/try`), { as: admin })
    expect((tried.body as { checks: unknown[] }).checks).toContainEqual(
      expect.objectContaining({ what: 'reads', outcome: 'wrong', code: 'transports.access_denied' }),
    )
    const accepted = await ask(at('POST', `/principal-requests/${request!.id}/accept`), { as: admin })

    expect(accepted).toMatchObject({ status: 409, body: { code: 'email_accounts.cannot_be_opened' } })
    expect((await account()).principal.grantId).toBe(ben)
    expect(await rooms.grants.list(cloudProviderId)).toHaveLength(1)
    expect(await changes()).toEqual({ audit: [], events: [] })
    expect((await ask(at('DELETE', `/principal-requests/${request!.id}`), { as: admin })).status).toBe(204)
    expect(await requests()).toEqual([])
    expect(await database.db.selectFrom('principal_wishes').selectAll().execute()).toEqual([])
  })

  it('can be accepted by an admin: it is tested, recorded with both ids, and only then stored', async () => {
    await write(letter(1))
    await passes(60_000)
    await walk(await begin(cloudProviderId, renewal()), ANNA)
    await synced()
    const [request] = await requests()
    // The first token has expired, and with rotation each check replaces its refresh token.
    await passes(2 * HOUR_MS)
    await ask(at('POST', `/principal-requests/${request!.id}/try`), { as: admin })

    const accepted = await ask(at('POST', `/principal-requests/${request!.id}/accept`), { as: admin })

    expect(accepted.status, accepted.text).toBe(200)
    const anna = (await rooms.grants.list(cloudProviderId)).find(({ userName }) => userName === ANNA)!
    expect((await account()).principal.grantId).toBe(anna.id)
    expect(await requests()).toEqual([])
    const { audit, events } = await changes()
    const benGrant = await rooms.grants.get(ben)
    expect(audit).toMatchObject([
      {
        actor: `person:${admin.id}`,
        subject: accountId,
        detail: {
          why: 'request-accepted',
          from: { tenantId: CONTOSO.tenantId, objectId: benGrant.objectId, userName: BEN },
          to: { tenantId: CONTOSO.tenantId, objectId: anna.objectId, userName: ANNA },
        },
      },
    ])
    expect(events).toMatchObject([{ payload: { why: 'request-accepted', from: BEN, to: ANNA } }])
    await write(letter(2))
    expect(await synced()).toMatchObject({ state: 'connected' })
    await expect.poll(async () => [await synced(), await subjects()][1]).toEqual([letter(1), letter(2)])
  })

  it('by a link offers the right account and names a contact; the sender of the link sees the request', async () => {
    const body = { cloudProviderId, kind: 'sign-in', ...renewal() }
    const link = (await ask('POST /v1/sign-in-links', { as: admin, body })).body as { id: string; url: string }
    const begun = await ask('POST /v1/sign-in-links/begin', { body: { token: new URL(link.url).hash.slice(1) } })
    const browser: Begun = { url: (begun.body as { url: string }).url, browser: { cookie: readCookie(begun) } }

    const page = read(await walk(browser, ADA))

    expect(page.labels).toEqual([`Sign in as ${BEN}`])
    expect(page.said).toContain(`ask ${admin.name}, who sees your sign-in`)
    expect(page.links.map(({ href }) => new URL(href).origin)).not.toContain('http://localhost:8400')
    expect(await requests()).toMatchObject([{ userName: ADA, startedBy: `link:${link.id}` }])
  })

  it('is pending for a week, belongs to its mailbox only, and cannot be decided by agents', async () => {
    await walk(await begin(cloudProviderId, renewal()), ADA)
    const [request] = await requests()
    const agent = await stage.person('agent', [accountId])
    const path = `/principal-requests/${request!.id}/accept`
    expect((await ask(at('POST', path), { as: agent })).status).toBe(403)
    const other = `POST /v1/email-accounts/${ben}${path}`
    expect((await ask(other, { as: admin })).status).toBe(404)

    clock.advance(7 * 24 * HOUR_MS)
    expect(await requests()).toEqual([])
    expect((await ask(at('POST', path), { as: admin })).body).toMatchObject({
      code: 'tokens.principal_request_not_found',
    })
    await rooms.principals.checkDue()
    expect(await database.db.selectFrom('principal_wishes').selectAll().execute()).toEqual([])
    clock.advance(-7 * 24 * HOUR_MS)
  })

  it('is tested first when it is chosen from the list of sign-ins, too', async () => {
    const ada = await grantOf(cloudProviderId, ADA)

    const refused = await ask(at('PATCH'), { as: admin, body: { grantId: ada, name: 'Other' } })

    expect(refused).toMatchObject({ status: 409, body: { code: 'email_accounts.cannot_be_opened' } })
    expect(await account()).toMatchObject({ name: 'Support', principal: { grantId: ben } })
  })
})

describe('a backup sign-in', () => {
  it('must be a different user who has been able to open the mailbox', async () => {
    const ada = await grantOf(cloudProviderId, ADA)
    const put = (grantId: GrantId) => ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId } })

    expect(await put(ada)).toMatchObject({ status: 409, body: { code: 'email_accounts.cannot_be_opened' } })
    expect(await put(ben)).toMatchObject({ status: 409, body: { code: 'email_accounts.backup_sign_in_unfit' } })
    expect((await account()).backupSignIn).toBeUndefined()

    const anna = await grantOfAnna()
    expect((await put(anna)).status).toBe(200)
    expect((await account()).backupSignIn).toEqual({ grantId: anna, checkedAt: clock.now().toISOString() })
    expect((await ask(at('DELETE', '/backup-sign-in'), { as: admin })).status).toBe(200)
    expect((await account()).backupSignIn).toBeUndefined()
  })

  it('is checked although another transaction has locked the mailbox', async () => {
    const anna = await grantOfAnna()
    await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })
    await passes(24 * HOUR_MS)
    let checking: Promise<void> | undefined
    await database.transaction(async (tx) => {
      await tx.selectFrom('email_accounts').select('id').where('id', '=', accountId).forUpdate().executeTakeFirst()
      checking = rooms.principals.checkDue()
      await vi.waitUntil(async () => (await waitingForLocks()) > 0, WAIT)
    })
    await checking
    expect((await account()).backupSignIn).toEqual({ grantId: anna, checkedAt: clock.now().toISOString() })
    await ask(at('DELETE', '/backup-sign-in'), { as: admin })
  })

  it('is checked once a day, with a notification when it cannot open the mailbox', async () => {
    const anna = await grantOfAnna()
    await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })
    const first = (await account()).backupSignIn!.checkedAt

    await passes(23 * HOUR_MS)
    await rooms.principals.checkDue()
    expect((await account()).backupSignIn!.checkedAt).toBe(first)
    await passes(HOUR_MS)
    await rooms.principals.checkDue()
    expect((await account()).backupSignIn).toEqual({ grantId: anna, checkedAt: clock.now().toISOString() })

    await endAtMicrosoft(ANNA)
    await rooms.principals.checkDue()
    expect((await account()).backupSignIn).toMatchObject({ reason: { code: 'tokens.account_disabled' } })
    // The backup sign-in cannot open the mailbox either, so it does not take over.
    await endAtMicrosoft(BEN)
    expect(await synced()).toMatchObject({ state: 'needs-sign-in', principal: { grantId: ben } })
  })

  it('replaces a principal whose sign-in ended at Microsoft at once, without lost or duplicate mail', async () => {
    const anna = await grantOfAnna()
    await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })
    await write(letter(1))
    await expect.poll(async () => [await synced(), await subjects()][1]).toEqual([letter(1)])
    await endAtMicrosoft(BEN)
    await write(letter(2))

    const shown = await synced()

    expect(shown).toMatchObject({
      state: 'degraded',
      reason: { code: 'email_accounts.runs_on_backup_sign_in' },
      principal: { grantId: anna },
      backupSignIn: { grantId: anna, insteadOf: ben },
    })
    await expect.poll(async () => [await synced(), await subjects()][1]).toEqual([letter(1), letter(2)])
    const { audit, events } = await changes()
    expect(audit).toMatchObject([{ actor: 'postkey', detail: { why: 'backup-took-over' } }])
    expect(events).toMatchObject([{ payload: { why: 'backup-took-over', from: BEN, to: ANNA } }])
    const { events: all } = await rooms.events.list({ emailAccountIds: [accountId], limit: 500 })
    expect(all.map(({ payload }) => 'to' in payload && payload.to)).not.toContain('needs-sign-in')

    // The first sign-in is valid again and opens the mailbox again.
    await fetch(`${sandbox.controlPanel}/api/faults`, { method: 'DELETE' })
    await walk(await begin(cloudProviderId, renewal()), BEN)
    await write(letter(3))
    expect(await synced()).toMatchObject({ state: 'connected', principal: { grantId: ben } })
    expect((await account()).backupSignIn).not.toHaveProperty('insteadOf')
    await expect.poll(async () => [await synced(), await subjects()][1]).toEqual([letter(1), letter(2), letter(3)])
    expect((await changes()).audit.map(({ detail }) => detail['why'])).toEqual(['first-is-back', 'backup-took-over'])
  })

  it('can be made the principal while it is in use, and cannot be removed before', async () => {
    const anna = await grantOfAnna()
    await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })
    expect(await ask(at('POST', '/backup-sign-in/make-principal'), { as: admin })).toMatchObject({
      body: { code: 'email_accounts.backup_sign_in_not_at_work' },
    })
    await endAtMicrosoft(BEN)
    await synced()
    for (const method of ['DELETE', 'PUT']) {
      const body = method === 'PUT' ? { grantId: await grantOf(cloudProviderId, ADA) } : undefined
      expect((await ask(at(method, '/backup-sign-in'), { as: admin, body })).status).toBe(409)
    }
    expect((await ask(`DELETE /v1/grants/${ben}`, { as: admin })).body).toMatchObject({ code: 'tokens.grant_in_use' })

    expect((await ask(at('POST', '/backup-sign-in/make-principal'), { as: admin })).status).toBe(200)

    const shown = await synced()
    expect(shown).toMatchObject({ state: 'connected', principal: { grantId: anna } })
    expect(shown.backupSignIn).toBeUndefined()
    expect((await ask(`DELETE /v1/grants/${ben}`, { as: admin })).status).toBe(204)
  })

  it('never takes over when its own sign-in has ended, even before the next check', async () => {
    const anna = await grantOfAnna()
    await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })
    await database.db.updateTable('grants').set({ state: 'needs-sign-in' }).where('id', '=', anna).execute()
    await endAtMicrosoft(BEN)

    expect(await synced()).toMatchObject({ state: 'needs-sign-in', principal: { grantId: ben } })
  })

  it("takes over at once when the principal's sign-in has already ended", async () => {
    const anna = await grantOfAnna()
    await endAtMicrosoft(BEN)
    expect(await synced()).toMatchObject({ state: 'needs-sign-in' })

    await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })

    expect(await synced()).toMatchObject({ state: 'degraded', principal: { grantId: anna } })
  })
})

it("a person's dependents are listed: the mailboxes that stop when the person leaves, and those that continue", async () => {
  const dependents = async (id: GrantId) => {
    const { body } = await ask(`GET /v1/grants/${id}/dependents`, { as: admin })
    const lists = Object.entries(body as Record<string, { address: string }[]>)
    return Object.fromEntries(lists.map(([name, list]) => [name, list.map(({ address }) => address)]))
  }
  const none = { principalOf: [], backupFor: [], isReplacedAt: [], stops: [], continues: [] }
  expect(await dependents(ben)).toEqual({ ...none, principalOf: [SUPPORT], stops: [SUPPORT] })

  const anna = await grantOfAnna()
  await ask(at('PUT', '/backup-sign-in'), { as: admin, body: { grantId: anna } })
  expect(await dependents(ben)).toEqual({ ...none, principalOf: [SUPPORT], continues: [SUPPORT] })
  expect(await dependents(anna)).toEqual({ ...none, backupFor: [SUPPORT] })

  await endAtMicrosoft(BEN)
  await synced()
  expect(await dependents(ben)).toEqual({ ...none, isReplacedAt: [SUPPORT] })
  expect(await dependents(anna)).toEqual({ ...none, principalOf: [SUPPORT], stops: [SUPPORT] })
})

async function waitingForLocks(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0]!.count
}
