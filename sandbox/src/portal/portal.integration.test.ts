import { afterEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../sandbox.ts'
import { GRAPH, PASSWORD } from '../tenants/index.ts'
import { createPerson, overHttp, type Person } from '../../test/browser.ts'

const running: Sandbox[] = []

afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.close()
})

describe('the portal with Entra ID and Graph', () => {
  it('signs in with Entra ID, and its registrations and grants are valid there and at Graph', async () => {
    const { sandbox, person, portal } = await begin('ada@contoso.example')
    expect(person.url).toBe(`${portal}/`)
    const tenantId = person.valueOf('tenantId')

    await person.open(`${portal}/app-registrations/new`)
    await person.submit({ displayName: 'Directory reader' }, { button: 'Register' })
    const appId = person.valueOf('appId')
    const path = person.url
    await person.open(`${path}/credentials`)
    await person.submit({ description: 'test' }, { button: 'Add' })
    const secret = person.valueOf('secretValue')
    const ask = async () => {
      const { access_token } = await tokenFor(sandbox, tenantId, appId, secret)
      const headers = { authorization: `Bearer ${access_token}` }
      return fetch(`${sandbox.addresses.graph}/v1.0/applications(appId='${appId}')`, { headers })
    }
    expect((await ask()).status).toBe(403)

    const permission = GRAPH.application.find(({ value }) => value === 'Application.ReadWrite.All')!.id
    await person.open(`${path}/api-permissions/add?api=${GRAPH.appId}&type=Role`)
    await person.submit({ permission }, { button: 'Add permissions' })
    expect((await ask()).status).toBe(403)
    await person.follow('Grant admin consent for Contoso')
    await person.submit({}, { button: 'Yes' })

    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ appId, displayName: 'Directory reader' })
  })

  it('switches a guest to the other directory without a second password', async () => {
    const { person, portal } = await begin('carla@fabrikam.example')
    await person.open(`${portal}/directories`)
    await person.follow('Switch to Contoso')

    expect(person.url).toBe(`${portal}/`)
    expect(person.text).toContain('Contoso')
    expect(person.text).toContain('Guest')
  })

  it('shows a page after sign-out, and then requires a new sign-in', async () => {
    const { person, portal, sandbox } = await begin('ben@contoso.example')
    await person.submit({}, { button: 'Sign out' })
    expect(person.url).toBe(`${portal}/signed-out`)
    await person.open(`${portal}/users`)

    expect(person.url.startsWith(sandbox.addresses.login)).toBe(true)
  })
})

async function begin(address: string): Promise<{ sandbox: Sandbox; person: Person; portal: string }> {
  const sandbox = await startSandbox({ withMail: false })
  running.push(sandbox)
  const { portal } = sandbox.addresses
  const person = createPerson(overHttp(Object.values(sandbox.addresses)))
  await person.open(`${portal}/`)
  await person.submit({ loginfmt: address }, { button: 'Next' })
  await person.submit({ passwd: PASSWORD }, { button: 'Sign in' })
  await person.submit({}, { button: 'No' })
  return { sandbox, person, portal }
}

async function tokenFor(sandbox: Sandbox, tenantId: string, appId: string, secret: string) {
  const response = await fetch(`${sandbox.addresses.login}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as { access_token: string }
}
