/**
 * Checks between Postkey and a mailbox of the sandbox, with one fault at a time. Only the line of the fault is wrong,
 * and only checks that depend on it are skipped.
 */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { X509CertificateGenerator } from '@peculiar/x509'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { CloudProviderId, EmailAccountId } from '../kernel/ids.ts'
import { systemLookUp } from '../kernel/name-lookup.ts'
import { Secret } from '../kernel/secret.ts'
import { createConnectingStage } from '../../test/kit/index.ts'
import type { DoctorLine } from './doctor-line.ts'
import type { DoctorReport } from './report.ts'

const MINUTE_MS = 60_000

/** Handler for requests at PUBLIC_URL; a test may refuse them. */
let atPublicUrl: RequestListener | undefined
const front = createServer((request, response) => {
  if (atPublicUrl) atPublicUrl(request, response)
  else response.destroy()
})
const publicPort = await listening(front)

/** A proxy whose certificate was issued by an authority that this machine does not trust. */
const foreign = await foreignServer('Corp Proxy CA')
const foreignPort = await listening(foreign)
const closed = createTcpServer()
const closedPort = await listening(closed)
closed.close()

/** Error of the name server, when a test sets one. */
let nameServerSays: 'ENOTFOUND' | 'EAI_AGAIN' | undefined
const stage = await createConnectingStage(
  [
    { id: 'nameless', graphRoot: 'https://graph.nowhere.invalid' },
    { id: 'private', graphRoot: 'https://graph.private.example' },
    { id: 'intercepted', graphRoot: `https://localhost:${foreignPort}` },
    { id: 'closed', graphRoot: `http://localhost:${closedPort}` },
  ],
  {
    publicUrl: new URL(`http://localhost:${publicPort}`),
    network: {
      lookUp: (name) => {
        if (nameServerSays) return Promise.reject(Object.assign(new Error('x'), { code: nameServerSays }))
        return name.endsWith('.example') ? Promise.resolve(['10.1.2.3']) : systemLookUp(name)
      },
    },
  },
)
const { rooms, database, sandbox, clock, admin, ask } = stage
const itself: RequestListener = (request, response) => stage.app.routing(request, response)
atPublicUrl = itself
afterAll(() => {
  for (const server of [front, foreign]) server.close()
})

const { clientId, secret } = await stage.registered()
const providerId = await stage.addProvider(clientId, secret.value)
const anna = await stage.grantOf(providerId, 'anna@contoso.example')
const account = await associated('support@contoso.example')

const OPENED = ['mailbox', 'folder', 'draft', 'send-as', 'push', 'budget', 'life']
const SIGN_IN = ['sign-in', 'token', 'person', ...OPENED]
const PROVIDER = ['client', 'credential', 'redirect-uri']
/** The real resolver is used, and a machine without name servers reports another code. */
const NO_NAME = /^(?:doctor\.name_unknown|egress\.name_server_failed)$/

describe('the doctor', () => {
  const broken: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const mend of broken.splice(0)) await mend()
  })

  it('reports no problem in a working installation, and describes its findings', async () => {
    const { lines, outcome } = await examine()

    expect(summary(lines).wrong).toEqual([])
    expect(outcome).toBe('ok')
    expect(lineOf(lines, 'token').facts).toContainEqual({ name: 'audience', value: 'https://graph.microsoft.com' })
    expect(lineOf(lines, 'person').outcome).toBe('ok')
    expect(lineOf(lines, 'draft').outcome).toBe('ok')
    expect(lineOf(lines, 'public-url').outcome).toBe('ok')
    expect(lineOf(lines, 'send-as')).toMatchObject({ outcome: 'not-tried', because: undefined })
  })

  it('reports each line once, as soon as it is known', async () => {
    const told: DoctorLine[] = []
    const { lines } = await rooms.doctor.examineAccount(account, {}, (line) => told.push(line))

    expect(told.map(({ id }) => id).sort()).toEqual(lines.map(({ id }) => id).sort())
    expect(lines.map(({ place }) => place)).toEqual(lines.map((_line, at) => at))
  })

  it('checks the installation and every Cloud Provider without a mailbox', async () => {
    const { lines } = await rooms.doctor.examine()

    expect(summary(lines)).toEqual({ wrong: [], blocked: [] })
    expect(lines.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['database', 'keys', 'public-url', 'clock', 'credential', 'redirect-uri']),
    )
    expect(lines.map(({ what }) => what)).not.toContain('mailbox')
  })

  it('names a wrong client secret, the person who can fix it and the dependent checks', async () => {
    await mended(broken, await withCredential('wrong~secret.of.another.application.12345'))

    const { lines } = await examine()

    expect(summary(lines)).toEqual({ wrong: ['credential'], blocked: SIGN_IN })
    expect(lineOf(lines, 'credential')).toMatchObject({ code: 'cloud_providers.secret_wrong' })
    expect(lineOf(lines, 'credential').explanation).toMatchObject({ said: 'AADSTS7000215', who: 'app-developer' })
    expect(lineOf(lines, 'credential').explanation?.commands[0]?.text).toContain(`--id '${clientId}'`)
    expect(lineOf(lines, 'life').because).toBe(`credential:${providerId}`)
  })

  it('names an organization that Microsoft does not recognize', async () => {
    const tenantId = '00000000-1111-4222-8333-444444444444'
    await mended(broken, await changed({ tenant_id: tenantId }))

    const { lines } = await examine()

    expect(summary(lines)).toEqual({ wrong: ['discovery'], blocked: [...PROVIDER, ...SIGN_IN] })
    expect(lineOf(lines, 'discovery').explanation?.cause).toContain(tenantId)
  })

  it.each([
    ['a name that the system does not resolve', 'nameless', 'name', NO_NAME, ['connection', ...OPENED]],
    [
      'a name that leads into a private network',
      'private',
      'name',
      'egress.address_refused',
      ['connection', ...OPENED],
    ],
    ['a host at which nobody answers', 'closed', 'connection', 'egress.unreachable', OPENED],
    ['a certificate of a foreign authority', 'intercepted', 'connection', 'doctor.certificate_distrusted', OPENED],
  ] as const)('names %s', async (_what, cloud, wrong, code, blocked) => {
    await mended(broken, await changed({ cloud }))

    const { lines } = await examine()

    expect(summary(lines)).toEqual({ wrong: [wrong], blocked })
    expect(lines.find(({ outcome }) => outcome === 'wrong')?.code).toMatch(code)
  })

  it('names the proxy that reads TLS by the issuer of its certificate', async () => {
    await mended(broken, await changed({ cloud: 'intercepted' }))

    const { lines } = await examine()

    expect(lines.find(({ code }) => code === 'doctor.certificate_distrusted')?.title).toContain('Corp Proxy CA')
  })

  it.each([
    ['finds no name', 'ENOTFOUND', 'doctor.name_unknown'],
    ['does not answer', 'EAI_AGAIN', 'egress.name_server_failed'],
  ] as const)('stops at the first host when the name server %s', async (_what, said, code) => {
    nameServerSays = said
    await mended(broken, async () => {
      nameServerSays = undefined
    })

    const { lines } = await examine()

    expect(summary(lines).wrong).toEqual(['name', 'name'])
    const line = lines.find(({ what }) => what === 'name')
    expect(line).toMatchObject({ code, facts: [{ name: 'reason', value: said }] })
    expect(summary(lines).blocked).toEqual(['connection', 'clock', 'connection', 'discovery', ...PROVIDER, ...SIGN_IN])
  })

  it('reports a clock that is ten minutes ahead or behind', async () => {
    clock.advance(10 * MINUTE_MS)
    const ahead = await examine()
    clock.advance(-20 * MINUTE_MS)
    const behind = await examine()
    clock.advance(10 * MINUTE_MS)

    expect([summary(ahead.lines), summary(behind.lines)]).toEqual([
      { wrong: ['clock'], blocked: [] },
      { wrong: ['clock'], blocked: [] },
    ])
    expect(lineOf(ahead.lines, 'clock').title).toMatch(/^The clock of this machine is 10 minutes ahead of Microsoft’s$/)
    expect(lineOf(behind.lines, 'clock').title).toMatch(/^The clock of this machine is 10 minutes behind Microsoft’s$/)
  })

  it('reports a PUBLIC_URL at which another server responds', async () => {
    atPublicUrl = (_request, response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end()
    await mended(broken, async () => {
      atPublicUrl = itself
    })

    const { lines } = await examine()

    expect(summary(lines)).toEqual({ wrong: ['public-url'], blocked: ['push'] })
    expect(lineOf(lines, 'public-url')).toMatchObject({
      code: 'doctor.public_url_elsewhere',
      facts: [{ name: 'answered', value: '302 to https://elsewhere.example' }],
    })
  })

  it.each([
    ['a proof of other keys', (response: { end: (text: string) => void }) => response.end('{"proof":"AAAA"}')],
    ['no answer', undefined],
  ])('reports %s at PUBLIC_URL', async (_what, answer) => {
    atPublicUrl = answer && ((_request, response) => answer(response))
    await mended(broken, async () => {
      atPublicUrl = itself
    })

    expect(summary((await examine()).lines)).toEqual({ wrong: ['public-url'], blocked: ['push'] })
  })

  it('reports a mailbox without Full Access, with the command that restores it', async () => {
    await mended(broken, await fault('full-access-withdrawn', { mailbox: 'support@contoso.example' }))

    const { lines } = await examine()

    expect(summary(lines)).toEqual({ wrong: ['folder'], blocked: ['draft', 'send-as', 'push', 'budget', 'life'] })
    expect(lineOf(lines, 'folder').explanation?.commands[0]?.text).toContain(
      "Add-MailboxPermission -Identity 'support@contoso.example' -User 'anna@contoso.example' -AccessRights FullAccess",
    )
  })

  it('reports a mailbox without a license', async () => {
    await mended(broken, await fault('mailbox-unlicensed', { mailbox: 'support@contoso.example' }))

    const { lines } = await examine()

    expect(summary(lines).wrong).toEqual(['mailbox'])
    expect(lineOf(lines, 'mailbox').code).toBe('transports.mailbox_not_enabled')
  })

  it('reports a mailbox that was not read completely for an hour', async () => {
    const long = new Date(clock.now().getTime() - 60 * MINUTE_MS)
    await database.db.updateTable('email_accounts').set({ state: 'connected' }).execute()
    await database.db.updateTable('account_sync_states').set({ complete_up_to: long }).execute()

    expect(summary((await examine()).lines)).toEqual({ wrong: ['life'], blocked: [] })

    await database.db.updateTable('account_sync_states').set({ complete_up_to: clock.now() }).execute()
    expect(summary((await examine()).lines)).toEqual({ wrong: [], blocked: [] })
  })

  it('proves Send As with a mail only on request', async () => {
    const { lines } = await rooms.doctor.examineAccount(account, { sendTest: { actor: admin.id } })

    expect(lineOf(lines, 'send-as')).toMatchObject({ outcome: 'ok' })
  })

  it('changes no stored data, whatever it finds', async () => {
    await mended(broken, await withCredential('wrong~secret.of.another.application.12345'))
    await mended(broken, await fault('full-access-withdrawn', { mailbox: 'support@contoso.example' }))
    // Adding a secret checks it and stores the result; the doctor's own check is not stored.
    const before = await stored()
    await examine()
    await rooms.doctor.examine()

    expect(await stored()).toEqual(before)
  })

  it('shows no secret and no token in any format of its report', async () => {
    const { value: token } = await tokenOf()
    const answer = await ask(`POST /v1/email-accounts/${account}/doctor`, { as: admin, body: {} })
    const streamed = await ask('POST /v1/doctor', { as: admin })

    expect(answer.status, answer.text).toBe(200)
    for (const hidden of [secret.value, token, token.split('.')[2]!]) {
      expect(answer.text).not.toContain(hidden)
      expect(streamed.text).not.toContain(hidden)
    }
    const { text } = answer.body as DoctorReport
    expect(text.whole).toContain('support@contoso.example')
    expect(text.abbreviated).not.toMatch(/support@|anna@|contoso\.example/)
    expect(text.abbreviated).toContain('s…@c….example')
  })

  // Last test, because no later test signs in again.
  it("reports a sign-in that Microsoft has ended, with Microsoft's error", async () => {
    await fault('password-changed', { user: 'anna@contoso.example' })
    await sandbox.advance(30 * 60 * MINUTE_MS)
    clock.advance(30 * 60 * MINUTE_MS)

    const { lines } = await examine()

    expect(summary(lines).wrong.filter((what) => what !== 'clock')).toEqual(['sign-in'])
    expect(summary(lines).blocked).toEqual(SIGN_IN.slice(1))
    expect(lineOf(lines, 'sign-in').explanation).toMatchObject({
      said: 'AADSTS50173',
      who: 'person',
      whoWords: 'anna@contoso.example',
    })
  })
})

describe('the account name of a doctor command', () => {
  it.each(['support@contoso.example', 'SUPPORT@contoso.example', 'sup', account])(
    'accepts an address, key or id: %s',
    async (name) => {
      expect((await rooms.doctor.findAccount(name)).id).toBe(account)
    },
  )

  it('is reported as not found when no account matches', async () => {
    await expect(rooms.doctor.findAccount('nobody')).rejects.toMatchObject({ code: 'email_accounts.not_found' })
  })
})

function examine(): Promise<DoctorReport> {
  return rooms.doctor.examineAccount(account)
}

function lineOf(lines: readonly DoctorLine[], what: DoctorLine['what']): DoctorLine {
  return lines.find((line) => line.what === what)!
}

/** Failed checks, and the checks that they block. */
function summary(lines: readonly DoctorLine[]) {
  return {
    wrong: lines.filter(({ outcome }) => outcome === 'wrong').map(({ what }) => what),
    blocked: lines.filter(({ because }) => because !== undefined).map(({ what }) => what),
  }
}

async function mended(broken: (() => Promise<unknown>)[], mend: () => Promise<unknown>): Promise<void> {
  broken.push(mend)
}

async function associated(address: string): Promise<EmailAccountId> {
  const body = { address, kind: 'shared', grantId: anna, name: 'Support', key: 'SUP', contact: 'ada@contoso.example' }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as { id: EmailAccountId }).id
}

async function changed(values: { tenant_id?: string; cloud?: string }): Promise<() => Promise<unknown>> {
  const table = () => database.db.updateTable('cloud_providers').where('id', '=', providerId)
  const before = await database.db
    .selectFrom('cloud_providers')
    .select(['tenant_id', 'cloud'])
    .where('id', '=', providerId)
    .executeTakeFirstOrThrow()
  await table().set(values).execute()
  return () => table().set(before).execute()
}

/** Replaces the valid credential. */
async function withCredential(value: string): Promise<() => Promise<unknown>> {
  const { cloudProviders } = rooms
  const id: CloudProviderId = providerId
  const good = await cloudProviders.listCredentials(id)
  const bad = await cloudProviders.addCredential(
    id,
    { kind: 'secret', secret: new Secret(value), expiresAt: undefined },
    'test',
  )
  for (const each of good) await cloudProviders.removeCredential(id, each.id, 'test')
  return async () => {
    await cloudProviders.addCredential(
      id,
      { kind: 'secret', secret: new Secret(secret.value), expiresAt: undefined },
      'test',
    )
    await cloudProviders.removeCredential(id, bad.id, 'test')
  }
}

async function fault(name: string, on: object): Promise<() => Promise<unknown>> {
  const answer = await fetch(`${sandbox.controlPanel}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, on }),
  })
  const { id } = (await answer.json()) as { id: string }
  expect(answer.status).toBe(201)
  return () => fetch(`${sandbox.controlPanel}/api/faults/${id}`, { method: 'DELETE' })
}

/** Stored states and checks of everything that the doctor examined. */
async function stored() {
  const { db } = database
  return {
    providers: await db.selectFrom('cloud_providers').select(['state', 'state_reason', 'check_result']).execute(),
    accounts: await db.selectFrom('email_accounts').select(['state', 'state_reason', 'preflight']).execute(),
    grants: await db.selectFrom('grants').select(['ended_at', 'version']).execute(),
  }
}

async function tokenOf() {
  const { accessTokens } = stage
  return { value: (await accessTokens.get(anna, 'graph')).value.reveal() }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return (server.address() as AddressInfo).port
}

async function foreignServer(authority: string) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: `CN=${authority}`, keys, signingAlgorithm: algorithm, notAfter: new Date('2049-01-01T00:00:00Z') },
    webcrypto,
  )
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return createTlsServer(
    { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` },
    (_request, response) => response.writeHead(200).end('{}'),
  )
}
