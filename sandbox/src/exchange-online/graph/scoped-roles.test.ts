import { describe, expect, it } from 'vitest'
import { BEN, BILLING, createGraphWorld, SUPPORT } from './graph-test-world.ts'

/** Of the application that the world calls with. */
const APP = '11111111-0000-4000-8000-000000000000'
const messages = (mailbox: string) => `/users/${mailbox}/messages`

describe('an application that Exchange lets into chosen mailboxes', () => {
  it('reads these and no other, with a token that has no role', async () => {
    const { get, application, directory } = createGraphWorld()
    const as = application()
    expect((await get(messages(SUPPORT), { as })).statusCode).toBe(403)

    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.Read'])

    expect((await get(messages(SUPPORT), { as })).statusCode).toBe(200)
    expect((await get(messages(BILLING), { as })).statusCode).toBe(403)
  })

  it('may do there what its role names, and no more', async () => {
    const { post, application, directory } = createGraphWorld()
    const as = application()
    const draft = { subject: 'Kettles', body: { contentType: 'text', content: 'They are here.' } }

    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.Read'])
    expect((await post(messages(SUPPORT), draft, { as })).statusCode).toBe(403)
    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.ReadWrite'])
    expect((await post(messages(SUPPORT), draft, { as })).statusCode).toBe(201)
  })

  it('is shut out at once when it is no longer named', async () => {
    const { get, application, directory } = createGraphWorld()
    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.ReadWrite'])
    directory.people.setApplicationScope(APP, [BILLING], ['Application Mail.ReadWrite'])

    expect((await get(messages(SUPPORT), { as: application() })).statusCode).toBe(403)
  })

  it('keeps what Entra ID consented to for every mailbox, whatever Exchange limits', async () => {
    const { get, application, directory } = createGraphWorld()
    directory.people.setApplicationScope(APP, [SUPPORT], ['Application Mail.Read'])

    expect((await get(messages(BILLING), { as: application('Mail.Read') })).statusCode).toBe(200)
  })

  it('gives nothing of it to a person who signs in with it, nor to another application', async () => {
    const { get, person, application, directory } = createGraphWorld()
    directory.people.setApplicationScope(APP, [BILLING], ['Application Mail.ReadWrite'])

    expect((await get(messages(BILLING), { as: person(BEN, 'User.Read') })).statusCode).toBe(403)
    const other = { ...application(), appId: '22222222-0000-4000-8000-000000000000' }
    expect((await get(messages(BILLING), { as: other })).statusCode).toBe(403)
  })
})
