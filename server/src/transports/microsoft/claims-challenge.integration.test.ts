/**
 * A Graph that withdraws a token in the middle of its life and says what the next one must have, and an authorization
 * server that gives it only to who asks for it.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { createEgress } from '../../kernel/egress.ts'
import type { GrantId } from '../../kernel/ids.ts'
import { createSignInStage } from '../../../test/kit/index.ts'
import { createMicrosoftService } from './microsoft-service.ts'

const CHALLENGE = '{"access_token":{"nbf":{"essential":true,"value":"1796050800"}}}'

const stage = await createSignInStage()
const {
  cloudProviders,
  grants,
  accessTokens,
  clock,
  server,
  provider,
  begin,
  signIn,
  signedIn,
  startProcess,
  database,
} = stage

/** With what we can do beside it, which is in each request. */
const ANSWER = '{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"1796050800"}}}'

const graph = { asked: [] as string[], isSatisfied: (claims: string | undefined): boolean => claims === ANSWER }
const http = createServer((request, response) => {
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  graph.asked.push(token)
  if (graph.isSatisfied(server.claimsOf(token))) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value: [] }))
    return
  }
  const claims = Buffer.from(CHALLENGE).toString('base64')
  response
    .writeHead(401, { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${claims}"` })
    .end(JSON.stringify({ error: { code: 'InvalidAuthenticationToken' } }))
})
http.listen(0, '127.0.0.1')
await once(http, 'listening')
const graphRoot = `http://localhost:${(http.address() as AddressInfo).port}`
const egress = createEgress({ allowPrivate: (origin) => origin === graphRoot })
afterAll(async () => {
  await egress.close()
  http.close()
})

beforeEach(() => {
  graph.asked = []
  graph.isSatisfied = (claims) => claims === ANSWER
})

function open(grantId: GrantId, process: Pick<typeof stage, 'accessTokens' | 'grants'> = { accessTokens, grants }) {
  const microsoft = createMicrosoftService({
    clock,
    egress,
    cloudProviders: {
      get: (id) => cloudProviders.get(id),
      cloudOf: (of) => ({ ...cloudProviders.cloudOf(of), graphRoot }),
    },
    grants: process.grants,
    accessTokens: process.accessTokens,
    applicationTokens: stage.applicationTokens,
    imap: {
      dialGuard: createDialGuard(),
      parser: {
        parse: () => Promise.reject(new TypeError('nothing is read')),
        readText: () => Promise.resolve(),
        part: () => Promise.reject(new TypeError('nothing is read')),
        warmUp: () => undefined,
      },
    },
  })
  const access = {
    address: 'support@contoso.example',
    kind: 'shared',
    cloudProviderId: provider(),
    principal: { kind: 'grant', grantId },
  } as const
  return microsoft.open(access)
}

describe('a claims challenge', () => {
  it('is answered by one refresh that asks for the claims, and the call goes on', async () => {
    const grantId = await signedIn()
    const transport = await open(grantId)

    expect(await transport.reading.listFolders()).toEqual([])

    expect(server.claimsOf(graph.asked[0]!)).toBeUndefined()
    expect(server.claimsOf(graph.asked.at(-1)!)).toBe(ANSWER)
    expect([server.refreshes, server.replays]).toEqual([1, 0])
    await transport.reading.listFolders()
    expect(server.refreshes).toBe(1)
  })

  it('is answered by one refresh, however many calls and processes it meets at once', async () => {
    const grantId = await signedIn()
    const [here, there] = await Promise.all([open(grantId), open(grantId, startProcess(database))])

    await Promise.all([here, here, there, there].map((transport) => transport.reading.listFolders()))

    expect([server.refreshes, server.replays, server.mostAtOnce]).toEqual([1, 0, 1])
  })

  it('ends the grant if only the user can answer it, and the next sign-in sends its claims', async () => {
    const grantId = await signedIn()
    const transport = await open(grantId)
    server.failures = [{ status: 400, body: { error: 'interaction_required', error_codes: [50079] } }]

    await expect(transport.reading.listFolders()).rejects.toMatchObject({
      code: 'tokens.mfa_required',
      remedy: 'sign-in',
    })
    expect(await grants.get(grantId)).toMatchObject({
      state: 'needs-sign-in',
      stateReason: 'tokens.mfa_required',
      ended: { upstream: { error: 'interaction_required' } },
    })

    expect((await begin({ reconnectGrantId: grantId })).searchParams.get('claims')).toBe(ANSWER)
    await signIn({}, { reconnectGrantId: grantId })
    expect(await grants.get(grantId)).toMatchObject({ state: 'connected', stateReason: undefined })
    expect((await begin({ reconnectGrantId: grantId })).searchParams.get('claims')).not.toContain('nbf')
  })

  it('goes to the user if it repeats with the new token, without another refresh', async () => {
    const grantId = await signedIn()
    const transport = await open(grantId)
    graph.isSatisfied = () => false

    await expect(transport.reading.listFolders()).rejects.toMatchObject({ code: 'transports.sign_in_challenged' })
    expect(server.refreshes).toBe(1)
    expect((await grants.get(grantId)).ended).toBeUndefined()

    // The next turn of the mailbox.
    const later = await open(grantId)
    await expect(later.reading.listFolders()).rejects.toMatchObject({
      code: 'tokens.new_proof_needed',
      remedy: 'sign-in',
    })
    expect(server.refreshes).toBe(1)
    expect(await grants.get(grantId)).toMatchObject({ state: 'needs-sign-in', stateReason: 'tokens.new_proof_needed' })
  })

  it('is met again when the sign-in service was away, and loses nothing', async () => {
    const grantId = await signedIn()
    const transport = await open(grantId)
    server.failures = [{ status: 503, body: 'maintenance' }]

    await expect(transport.reading.listFolders()).rejects.toMatchObject({
      code: 'tokens.endpoint_unavailable',
      remedy: 'wait',
    })
    expect(await transport.reading.listFolders()).toEqual([])
    expect(server.replays).toBe(0)
  })
})
