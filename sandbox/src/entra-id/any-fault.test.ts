import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorizeUrl } from '../../test/entra.ts'
import { MAIL_SCOPES, mailProgramForTest } from '../../test/signed-in.ts'

describe('with any fault on', () => {
  it('answers any request or cuts the connection, without an internal error of the sandbox', async () => {
    const world = await mailProgramForTest()
    const { refreshToken, person } = await world.signIn('ben@contoso.example')
    // Faults without any response are tested over real connections.
    const faults = world.faults.catalogue.filter(({ name }) => !name.endsWith('-hangs'))
    const tenant = fc.constantFrom('organizations', 'common', 'consumers', 'contoso.example', 'nobody.example', '%00')
    const grantType = fc.constantFrom('refresh_token', 'authorization_code', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code', 'x') // prettier-ignore
    const form = fc.record(
      {
        client_id: fc.constantFrom(world.app.appId, 'x', '04b07795-8ddb-461a-bbee-02f9e1bf7b46'),
        client_secret: fc.constantFrom(world.app.secret, 'x'),
        grant_type: grantType,
        refresh_token: fc.constantFrom(refreshToken, 'x'),
        code: fc.constantFrom(refreshToken, 'x'),
        device_code: fc.constantFrom('x', ''),
        scope: fc.constantFrom(MAIL_SCOPES, 'User.Read', 'https://graph.microsoft.com/.default', 'x y', '/'),
        redirect_uri: fc.constantFrom('https://client.test/callback', 'x'),
        claims: fc.constantFrom('{}', '{', '{"access_token":{"xms_cc":{"values":["cp1"]}}}'),
      },
      { requiredKeys: [] },
    )
    const request = fc.oneof(
      fc.record({ method: fc.constant('POST' as const), path: fc.constantFrom('oauth2/v2.0/token', 'oauth2/v2.0/devicecode', 'login'), form }), // prettier-ignore
      fc.record({ method: fc.constant('GET' as const), path: fc.constantFrom('v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys', 'oauth2/v2.0/authorize', 'v2.0/adminconsent', 'oauth2/v2.0/logout'), form }), // prettier-ignore
    )
    const met = new Set<string>()

    // Three in four faults belong to this module, because requests to it meet few of the others.
    const anyFault = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...faults.filter(({ part }) => part === 'entra-id')) },
      { weight: 1, arbitrary: fc.constantFrom(...faults) },
    )
    await fc.assert(
      fc.asyncProperty(anyFault, tenant, request, async (fault, segment, { method, path, form }) => {
        const query = new URLSearchParams(form).toString()
        const { id } = world.faults.switchOn(fault.name)
        world.clock.move(10)
        try {
          const answer = await world.entraId.site.inject(
            method === 'GET'
              ? `/${segment}/${path}?${query}`
              : {
                  method,
                  url: `/${segment}/${path}`,
                  headers: { 'content-type': 'application/x-www-form-urlencoded' },
                  payload: query,
                },
          )
          if (answer.statusCode >= 500) expect(fault.part).toBe('entra-id')
          await person.open(authorizeUrl(world.app.appId, { scope: MAIL_SCOPES }))
        } catch (error) {
          // A cut connection, as `inject` reports it.
          expect([fault.name, String(error)]).toEqual([
            expect.stringMatching(/connection-cut|answer-lost/) as string,
            expect.stringContaining('destroyed') as string,
          ])
        }
        expect(world.reported).toEqual([])
        if (world.faults.callsOf(id).length > 0) met.add(fault.name)
        world.faults.switchOff(id)
      }),
      { numRuns: 300 },
    )
    // Proves that the generated requests are valid enough to reach the faults.
    expect(met.size).toBeGreaterThan(15)
  })
})
