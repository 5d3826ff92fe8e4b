import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LARGEST_REQUEST_BYTES } from './graph-site.ts'
import { ANNA, createGraphWorld, type GraphBody, START } from './graph-test-world.ts'
import { canonicalUrl } from './odata-url.ts'

describe('the Graph site', () => {
  it("assigns each request an id, repeats the client's id and sends the sandbox's time", async () => {
    const { ask } = setUp()
    const { headers, error } = await ask('/v1.0/nothing', { 'client-request-id': 'mine-1' })

    expect(headers['request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers['client-request-id']).toBe('mine-1')
    expect(headers.date).toBe('Mon, 02 Nov 2026 08:00:00 GMT')
    expect(JSON.parse(String(headers['x-ms-ags-diagnostic']))).toHaveProperty('ServerInfo.DataCenter')
    expect(error().innerError).toEqual({
      date: '2026-11-02T08:00:00',
      'request-id': headers['request-id'],
      'client-request-id': 'mine-1',
    })
  })

  it.each([
    ['', 'Access token is empty.'],
    ['Basic YWxhZGRpbg==', 'Access token is empty.'],
    ['Bearer garbage', /^IDX14100: JWT is not well formed/],
    ['Bearer old', 'Lifetime validation failed, the token is expired.'],
    ['Bearer exchange', 'Access token validation failure. Invalid audience.'],
  ])("refuses the authorization %j with Graph's error", async (authorization, message) => {
    const { ask } = setUp()
    const answer = await ask('/v1.0/echo', { authorization })

    expect(answer.statusCode).toBe(401)
    expect(answer.error().code).toBe('InvalidAuthenticationToken')
    expect(answer.error().message).toMatch(message)
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="", authorization_uri="http://login.example/common/oauth2/authorize", ' +
        'client_id="00000003-0000-0000-c000-000000000000"',
    )
  })

  it('challenges a client that supports it when the sessions of its user were revoked', async () => {
    const { ask, cp1, directory } = setUp()
    directory.people.updateUser(ANNA, { tokensValidFrom: START })
    const answer = await ask('/v1.0/echo', { authorization: cp1 })

    expect(answer.statusCode).toBe(401)
    expect(answer.error().message).toContain('TokenIssuedBeforeRevocationTimestamp')
    const claims = /error="insufficient_claims", claims="([^"]+)"/.exec(String(answer.headers['www-authenticate']))
    expect(JSON.parse(Buffer.from(claims![1]!, 'base64').toString())).toEqual({
      access_token: { nbf: { essential: true, value: String(START / 1000) } },
    })
    expect((await ask('/v1.0/echo')).statusCode).toBe(200)
  })

  it('names the unknown segment, and reports when only the method is wrong', async () => {
    const { ask } = setUp()
    const unknown = await ask('/v1.0/echo/nonsense/more')
    expect(unknown.statusCode).toBe(400)
    expect(unknown.error()).toMatchObject({
      code: 'BadRequest',
      message: "Resource not found for the segment 'nonsense'.",
    })

    const wrongMethod = await ask('/v1.0/echo', { method: 'PUT' })
    expect(wrongMethod.statusCode).toBe(405)
    expect(wrongMethod.headers.allow).toBe('GET, POST')
  })

  it('refuses beta and any other version', async () => {
    const { ask } = setUp()
    expect((await ask('/beta/me')).statusCode).toBe(501)
    expect((await ask('/v3.0/me')).error()).toMatchObject({ code: 'BadRequest', message: 'Invalid version: v3.0' })
  })

  it('refuses a body that is too large or invalid JSON, and accepts an empty one', async () => {
    const { ask } = setUp()
    const post = (payload: string) => ask('/v1.0/echo', { method: 'POST', payload, 'content-type': 'application/json' })

    expect((await post(JSON.stringify('x'.repeat(LARGEST_REQUEST_BYTES)))).statusCode).toBe(413)
    const broken = await post('{"subject":')
    expect(broken.statusCode).toBe(400)
    expect(broken.error().message).toMatch(/^Unable to read JSON request payload/)
    expect((await post('')).statusCode).toBe(200)
  })

  it('reports its internal errors and returns only a generic error to the client', async () => {
    const { ask, reported } = setUp()
    const answer = await ask('/v1.0/fault')

    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret detail')
    expect(reported).toHaveLength(1)
  })

  it('responds to any address with a documented error', () => {
    const { ask } = setUp()
    return fc.assert(
      fc.asyncProperty(fc.oneof(fc.webPath(), fc.string()), async (path) => {
        const { statusCode, error } = await ask(`/v1.0/${path}`)
        expect(statusCode === 501 || statusCode < 500).toBe(true)
        if (statusCode >= 400) expect(error().code).toEqual(expect.any(String))
      }),
      { numRuns: 100 },
    )
  })
})

describe('canonicalUrl', () => {
  it.each([
    ["/v1.0/users('ada@contoso.example')/messages", '/v1.0/users/ada%40contoso.example/messages'],
    ['/v1.0/me/mailFolders(%27inbox%27)/messages', '/v1.0/me/mailFolders/inbox/messages'],
    ["/v1.0/me/mailFolders('inbox')/messages/microsoft.graph.delta()?$top=5", '/v1.0/me/mailFolders/inbox/messages/delta?$top=5'], // prettier-ignore
    ['/v1.0/me/messages/AAMk-_%3D/microsoft.graph.move', '/v1.0/me/messages/AAMk-_%3D/move'],
    ["/v1.0/users('o''neil@contoso.example')", "/v1.0/users/o'neil%40contoso.example"],
    ["/v1.0/applications(appId='guid')", '/v1.0/applications/appId%3Dguid'],
    ['/v1.0/me/messages/$count', '/v1.0/me/messages/$count'],
    ['/v1.0/%zz', '/v1.0/%zz'],
  ])('turns %s into %s', (sent, meant) => {
    expect(canonicalUrl(sent)).toBe(meant)
  })
})

function setUp() {
  const { site, person, bearer, directory, reported } = createGraphWorld({
    plugins: [
      async (v1) => {
        v1.get('/echo', ({ caller }) => ({ appId: caller.appId }))
        v1.post('/echo', () => ({}))
        v1.get('/fault', () => {
          throw new TypeError('secret detail')
        })
      },
    ],
  })
  const good = bearer(person(ANNA, 'Mail.Read'))
  const cp1 = bearer({ ...person(ANNA, 'Mail.Read'), claimsCapable: true })
  const ask = async (url: string, { method = 'GET', payload, ...headers }: Record<string, string> = {}) => {
    const answer = await site.inject({
      method: method as 'GET',
      url,
      headers: { authorization: good, ...headers },
      ...(payload !== undefined && { payload }),
    })
    return { ...answer, headers: answer.headers, error: () => answer.json<GraphBody>().error }
  }
  return { site, ask, cp1, directory, reported }
}
