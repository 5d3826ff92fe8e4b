import { describe, expect, it } from 'vitest'
import { type AccessTokenClaims, subjectOf } from '../../entra-id/index.ts'
import { ADA, ANNA, BEN, BILLING, CARLA, createGraphWorld, GRAPH_AT, GUEST, SUPPORT } from './graph-test-world.ts'
import { mailRoutes } from './mail-routes.ts'
import type { MailNeed } from './mail-permissions.ts'

/** Every route with its required permissions. A new route fails the test until it is listed here. */
const ROUTES = `
GET /mailFolders read-basic
GET /mailFolders/$count read-basic
POST /mailFolders write
GET /mailFolders/:folder read-basic
PATCH /mailFolders/:folder write
DELETE /mailFolders/:folder write
GET /mailFolders/:folder/childFolders read-basic
POST /mailFolders/:folder/childFolders write
POST /mailFolders/:folder/move write
POST /mailFolders/:folder/copy write
GET /mailFolders/delta read-basic
GET /messages read-basic
GET /messages/$count read-basic
GET /messages/:message read-basic
GET /messages/:message/$value read
PATCH /messages/:message write
DELETE /messages/:message write
POST /messages/:message/permanentDelete write
POST /messages/:message/move write
POST /messages/:message/copy write
GET /messages/delta read-basic
GET /mailFolders/:folder/messages/delta read-basic
GET /messages/:message/attachments read
POST /messages/:message/attachments write
GET /messages/:message/attachments/$count read
GET /messages/:message/attachments/:attachment read
GET /messages/:message/attachments/:attachment/$value read
DELETE /messages/:message/attachments/:attachment write
POST /sendMail send
POST /messages write
POST /messages/:message/send send
POST /messages/:message/createReply write
POST /messages/:message/createReplyAll write
POST /messages/:message/reply send
POST /messages/:message/replyAll send
POST /messages/:message/createForward write
POST /messages/:message/forward send
POST /translateExchangeIds translate-ids`

const DELEGATED: Record<MailNeed, string[]> = {
  'read-basic': ['Mail.ReadBasic', 'Mail.Read', 'Mail.ReadWrite'],
  read: ['Mail.Read', 'Mail.ReadWrite'],
  write: ['Mail.ReadWrite'],
  send: ['Mail.Send'],
  'translate-ids': ['User.Read', 'User.Read.All'],
}
const APPLICATION: Record<MailNeed, string[]> = {
  ...DELEGATED,
  'read-basic': [...DELEGATED['read-basic'], 'Mail.ReadBasic.All'],
  'translate-ids': ['User.Read.All'],
}
const ALL = [
  'Mail.ReadBasic',
  'Mail.ReadBasic.All',
  'Mail.Read',
  'Mail.ReadWrite',
  'Mail.Send',
  'User.Read',
  'User.Read.All',
  'openid',
]

describe('the mail permissions', () => {
  it('are required by every route as the table states', () => {
    const { routes } = setUp()
    expect(routes.map(({ method, path, need }) => `${method} ${path} ${need}`).sort()).toEqual(
      ROUTES.trim().split('\n').sort(),
    )
  })

  // Each route with each single permission: a caller without the right one gets only a 403.
  it('allow each route with exactly the listed permissions', async () => {
    const { ask, person, application, routes } = setUp()
    for (const { method, path, need } of routes) {
      const isDenied = async (owner: string, as: AccessTokenClaims) => {
        const url = `/${owner}${path.replace(':folder', 'inbox').replace(/:\w+/g, 'x')}`
        const { statusCode, body } = await ask(method, url, { as, body: method === 'GET' ? undefined : {} })
        return statusCode === 403 && body.error.code === 'ErrorAccessDenied'
      }
      for (const permission of ALL) {
        const where = `${method} ${path} with ${permission}`
        const own = DELEGATED[need].includes(permission)
        expect([where, await isDenied('me', person(ANNA, permission))]).toEqual([where, !own])
        const role = APPLICATION[need].includes(permission)
        expect([where, await isDenied(`users/${BEN}`, application(permission))]).toEqual([where, !role])
        // Anna has Full Access to support@; only the `.Shared` form of a scope covers it.
        expect([where, await isDenied(`users/${SUPPORT}`, person(ANNA, permission))]).toEqual([where, true])
        const shared = person(ANNA, `${permission}.Shared`)
        expect([where, await isDenied(`users/${SUPPORT}`, shared)]).toEqual([where, !own])
        expect([where, await isDenied('me', shared)]).toEqual([where, !own])
      }
    }
  })

  it('omit body and preview under Mail.ReadBasic', async () => {
    const { receive, get, person } = createGraphWorld()
    const { restId } = receive('invoice')
    const as = person(ANNA, 'Mail.ReadBasic')
    const { body } = await get(`/me/messages/${restId}?$select=subject,body,bodyPreview`, { as })
    expect(body).toMatchObject({ subject: 'invoice' })
    expect(body).not.toHaveProperty('body')
    expect((await get('/me/messages', { as })).body.value[0]).not.toHaveProperty('bodyPreview')
    expect((await get('/me/messages?$expand=attachments', { as })).statusCode).toBe(403)
    for (const property of ['body/content', 'bodyPreview']) {
      expect((await get(`/me/messages/$count?$filter=contains(${property},'a')`, { as })).statusCode).toBe(403)
    }
  })
})

describe('opening a mailbox', () => {
  it('requires Full Access for a user and none for an application', async () => {
    const { get, person, application } = createGraphWorld()
    const ofBen = person(BEN, 'Mail.Read.Shared')
    expect((await get(`/users/${SUPPORT}/messages`, { as: ofBen })).statusCode).toBe(200)
    expect((await get(`/users/${BILLING}/messages`, { as: ofBen })).body.error).toMatchObject({
      code: 'ErrorAccessDenied',
      message: 'Access is denied. Check credentials and try again.',
    })
    expect((await get('/users/billing@contoso.example/messages', { as: application('Mail.Read') })).statusCode).toBe(
      200,
    )
  })

  it('finds only mailboxes in the tenant of the caller', async () => {
    const { get, person, application } = createGraphWorld()
    expect((await get(`/users/${CARLA}/messages`, { as: application('Mail.Read') })).body.error).toMatchObject({
      code: 'ErrorInvalidUser',
      message: `The requested user '${CARLA}' is invalid.`,
    })
    expect((await get(`/users/${ANNA}/messages`, { as: person(CARLA, 'Mail.Read.Shared') })).statusCode).toBe(404)
  })

  it('reports that a user without a license has no mailbox', async () => {
    const { get, application } = createGraphWorld()
    const { statusCode, body } = await get(`/users/${GUEST}/messages`, { as: application('Mail.Read') })
    expect([statusCode, body.error.code]).toEqual([404, 'MailboxNotEnabledForRESTAPI'])
  })

  it('refuses "me" without a user', async () => {
    const { get, application } = createGraphWorld()
    const { statusCode, body } = await get('/me/messages', { as: application('Mail.Read') })
    expect([statusCode, body.error.message]).toEqual([
      400,
      '/me request is only valid with delegated authentication flow.',
    ])
  })

  it('shows nothing of one mailbox under the address of another', async () => {
    const { receive, get, post, person, mailStore, ask } = createGraphWorld()
    const ofBen = receive('secret', {}, { mailboxId: BEN })
    const folderOfBen = mailStore.addFolder(BEN, 'inbox', 'Secret')
    const attachment = mailStore.addAttachment(ofBen.key, {
      kind: 'file',
      name: 'a.txt',
      contentType: 'text/plain',
      isInline: false,
      contentId: undefined,
      content: new Uint8Array([1]),
      sourceUrl: undefined,
    })
    const mine = receive('mine')
    for (const id of [ofBen.restId, ofBen.immutableId]) {
      for (const path of [
        `/me/messages/${id}`,
        `/me/messages/${id}/$value`,
        `/me/messages/${id}/attachments`,
        `/me/messages/${mine.restId}/attachments/${attachment.id}`,
        `/me/mailFolders/${folderOfBen.id}`,
        `/me/mailFolders/${folderOfBen.id}/messages`,
        `/me/mailFolders/${folderOfBen.id}/messages/delta`,
      ]) {
        expect([path, (await get(path)).statusCode]).toEqual([path, 404])
      }
      expect((await post(`/me/messages/${id}/move`, { destinationId: 'inbox' })).statusCode).toBe(404)
      expect((await ask('DELETE', `/me/messages/${id}`)).statusCode).toBe(404)
    }
    expect((await post(`/me/messages/${mine.restId}/move`, { destinationId: folderOfBen.id })).statusCode).toBe(404)
    const link = (await get('/me/mailFolders/inbox/messages/delta', { as: person(BEN, 'Mail.Read') })).body
    const token = link['@odata.deltaLink']!.split('?')[1]!
    expect((await get(`/me/mailFolders/inbox/messages/delta?${token}`)).statusCode).toBe(410)
  })
})

describe('the user resource', () => {
  it('shows the caller with User.Read and others with User.ReadBasic.All', async () => {
    const { get, person, application } = createGraphWorld()
    const me = await get('/me')
    expect(Object.keys(me.body)).toEqual([
      '@odata.context',
      'businessPhones',
      'displayName',
      'givenName',
      'jobTitle',
      'mail',
      'mobilePhone',
      'officeLocation',
      'preferredLanguage',
      'surname',
      'userPrincipalName',
      'id',
    ])
    expect(me.body).toMatchObject({ id: ANNA, givenName: 'Anna', surname: 'Berg', mail: 'anna@contoso.example' })
    expect((await get('/users/anna@contoso.example')).body.id).toBe(ANNA)
    expect((await get(`/users/${BEN}`)).body.error.code).toBe('Authorization_RequestDenied')

    const as = person(ANNA, 'User.ReadBasic.All')
    expect((await get(`/users/${BEN}?$select=displayName,userType`, { as })).body).toMatchObject({
      displayName: 'Ben Ito',
      userType: 'Member',
      id: BEN,
    })
    expect((await get('/users/nobody@contoso.example', { as })).body.error.code).toBe('Request_ResourceNotFound')
    expect((await get('/me', { as: application('User.Read.All') })).statusCode).toBe(400)
    expect((await get('/me', { as: person(ANNA, 'Mail.Read') })).statusCode).toBe(403)
  })

  it('has the subject of the ID token at the OpenID Connect endpoint', async () => {
    const { get, person } = createGraphWorld()
    const as = person(ANNA, 'openid', 'profile')
    const { body } = await get(`${GRAPH_AT}/oidc/userinfo`, { as })
    expect(body).toEqual({
      sub: subjectOf({ tenantId: as.tenantId, appId: as.appId, userId: ANNA }),
      name: 'Anna Berg',
      family_name: 'Berg',
      given_name: 'Anna',
      picture: `${GRAPH_AT}/v1.0/me/photo/$value`,
      email: 'anna@contoso.example',
    })
  })

  it('is found by address within the tenant', async () => {
    const { get, application } = createGraphWorld()
    const as = application('User.Read.All')
    const find = async (filter: string) =>
      (await get(`/users?$filter=${encodeURIComponent(filter)}&$select=id`, { as })).body.value.map(({ id }) => id)
    expect(await find("mail eq 'ADA@contoso.example'")).toEqual([ADA])
    expect(await find("userPrincipalName eq 'carla@fabrikam.example'")).toEqual([])
    expect(await find("startswith(displayName,'Contoso')")).toEqual([SUPPORT, BILLING])
    expect((await get('/users?$top=2&$orderby=displayName', { as })).body['@odata.nextLink']).toContain('$skiptoken=2')
    const either = "startswith(displayName,'Ben') or startswith(mail,'ada')"
    expect(await find(either)).toEqual([ADA, BEN])
    for (const size of [0, 1000]) {
      const refused = await get(`/users?$top=${size}`, { as })
      expect(refused).toMatchObject({ statusCode: 400, body: { error: { code: 'Request_UnsupportedQuery' } } })
    }
    expect((await get('/users', { as: application('Mail.Read') })).body.error.code).toBe('Authorization_RequestDenied')
  })
})

function setUp() {
  const world = createGraphWorld()
  const routes = mailRoutes({
    ...world,
    tokenSeal: { seal: () => '', open: () => ({ problem: 'malformed' }) },
    graph: '',
    habits: { messageIdOnSend: 'keep', sentCopyDelayMs: 0, sparseDelta: true },
  })
    // The same routes again below a folder, with the same requirements.
    .filter(({ path }) => !/^\/mailFolders\/:(?:folder|parent\/childFolders\/:folder)\/messages(?!\/delta)/.test(path))
    .filter(({ path }) => !path.includes(':parent'))
  return { ...world, routes }
}
