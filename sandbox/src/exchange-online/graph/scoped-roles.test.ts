import { describe, expect, it } from 'vitest'
import { BEN, BILLING, createGraphWorld, SUPPORT } from './graph-test-world.ts'

/** App id of the test client. */
const APP = '11111111-0000-4000-8000-000000000000'
const messages = (mailbox: string) => `/users/${mailbox}/messages`

describe('an application to which Exchange grants chosen mailboxes', () => {
  it('reads these mailboxes and no others, with a token without roles', async () => {
    const { get, application, directory } = createGraphWorld()
    const as = application()
    expect((await get(messages(SUPPORT), { as })).statusCode).toBe(403)

    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.Read'])

    expect((await get(messages(SUPPORT), { as })).statusCode).toBe(200)
    expect((await get(messages(BILLING), { as })).statusCode).toBe(403)
  })

  it('has only the permissions of its role there', async () => {
    const { post, application, directory } = createGraphWorld()
    const as = application()
    const draft = { subject: 'Kettles', body: { contentType: 'text', content: 'They are here.' } }

    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.Read'])
    expect((await post(messages(SUPPORT), draft, { as })).statusCode).toBe(403)
    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.ReadWrite'])
    expect((await post(messages(SUPPORT), draft, { as })).statusCode).toBe(201)
  })

  it('loses access at once when it is removed', async () => {
    const { get, application, directory } = createGraphWorld()
    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.ReadWrite'])
    directory.people.setApplicationScope(APP, [BILLING], ['Application Mail.ReadWrite'])

    expect((await get(messages(SUPPORT), { as: application() })).statusCode).toBe(403)
  })

  it("keeps tenant-wide consent of Entra ID, regardless of Exchange's scopes", async () => {
    const { get, application, directory } = createGraphWorld()
    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.Read'])

    expect((await get(messages(BILLING), { as: application('Mail.Read') })).statusCode).toBe(200)
  })

  it('passes no access to its users or to another application', async () => {
    const { get, person, application, directory } = createGraphWorld()
    directory.people.setApplicationScope(APP, [BILLING], ['Application Mail.ReadWrite'])

    expect((await get(messages(BILLING), { as: person(BEN, 'User.Read') })).statusCode).toBe(403)
    const other = { ...application(), appId: '22222222-0000-4000-8000-000000000000' }
    expect((await get(messages(BILLING), { as: other })).statusCode).toBe(403)
  })
})
