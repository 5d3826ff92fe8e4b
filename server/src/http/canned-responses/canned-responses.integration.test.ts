import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id: emailAccountId } = await storeEmailAccount(database, clock)
const admin = await person('admin')
const anna = await person('agent', [emailAccountId])
const ben = await person('agent', [emailAccountId])

interface Canned {
  id: string
  name: string
  folder: string
  isShared: boolean
  isEditable: boolean
  text: string
  html: string
  usedCount: number
  attachments: { id: string; name: string }[]
}

type Who = typeof anna

async function create(as: Who, content: Partial<Canned>): Promise<Canned> {
  const body = { name: 'Refund', html: '<p>Hi {{customer.first_name|there}}</p>', ...content }
  const { status, body: created } = await ask('POST /v1/canned-responses', { as, body })
  expect(status).toBe(201)
  return created as Canned
}

async function listed(as: Who, { id }: Pick<Canned, 'id'>): Promise<Canned | undefined> {
  const { body } = await ask('GET /v1/canned-responses', { as })
  return (body as { cannedResponses: Canned[] }).cannedResponses.find((one) => one.id === id)
}

it('stores sanitized text with its placeholders, and derives the plain text', async () => {
  const one = await create(anna, {
    html: '<p onclick="x()">Hi {{customer.first_name|there}}<img src="https://t.example/x"></p><script>x()</script>',
    folder: ' Shipping / /Returns ',
  })

  expect(one).toMatchObject({
    text: 'Hi {{customer.first_name|there}}',
    folder: 'Shipping/Returns',
    isShared: false,
    isEditable: true,
  })
  expect(one.html).toMatch(/^<p>Hi \{\{customer\.first_name\|there\}\}<img \/><\/p>$/)
})

describe('a personal canned response', () => {
  it('is found by its owner alone, not even by admins', async () => {
    const one = await create(anna, {})

    expect(await listed(anna, one)).toMatchObject({ preview: 'Hi {{customer.first_name|there}}' })
    for (const as of [ben, admin]) {
      expect(await listed(as, one)).toBeUndefined()
      expect((await ask(`GET /v1/canned-responses/${one.id}`, { as })).status).toBe(404)
      expect((await ask(`POST /v1/canned-responses/${one.id}/use`, { as, body: {} })).status).toBe(404)
      expect((await ask(`DELETE /v1/canned-responses/${one.id}`, { as })).status).toBe(404)
    }
    expect(await listed(anna, one)).toMatchObject({ usedCount: 0 })
  })
})

describe('a shared canned response', () => {
  it('is read by all agents, and changed by its creator, supervisors and admins', async () => {
    const one = await create(anna, { isShared: true })
    const at = `PATCH /v1/canned-responses/${one.id}`

    expect(await listed(ben, one)).toMatchObject({ isEditable: false })
    expect(await ask(at, { as: ben, body: { name: 'Mine' } })).toMatchObject({
      status: 403,
      body: { code: 'writing.not_creator' },
    })
    expect((await ask(`DELETE /v1/canned-responses/${one.id}`, { as: ben })).status).toBe(403)
    const supervisor = await person('supervisor')
    expect(await listed(supervisor, one)).toMatchObject({ isEditable: true })
    expect((await ask(at, { as: supervisor, body: { name: 'By a supervisor' } })).status).toBe(200)
    expect((await ask(at, { as: admin, body: { name: 'By an admin' } })).status).toBe(200)
    expect((await ask(at, { as: anna, body: { html: '<p>New</p>' } })).body).toMatchObject({ text: 'New' })
    expect(await listed(ben, one)).toMatchObject({ name: 'By an admin', preview: 'New' })
  })

  it('becomes personal for its creator only', async () => {
    const one = await create(anna, { isShared: true })
    const at = `PATCH /v1/canned-responses/${one.id}`

    expect((await ask(at, { as: admin, body: { isShared: false } })).status).toBe(403)
    expect((await ask(at, { as: anna, body: { isShared: false } })).body).toMatchObject({ isShared: false })
    expect(await listed(ben, one)).toBeUndefined()
  })
})

it('a program creates shared canned responses only', async () => {
  const input = { name: 'Shop', scopes: ['mail:read', 'mail:write'], emailAccountIds: 'all' } as const
  const { key } = await rooms.people.apiKeys.create(input, admin.id)
  const as = { authorization: `Bearer ${key.reveal()}` }
  const body = { name: 'Refund', text: 'Hi' }
  const refused = { status: 422, body: { code: 'writing.personal_of_program' } }

  expect(await ask('POST /v1/canned-responses', { as, body })).toMatchObject(refused)
  const shared = await ask('POST /v1/canned-responses', { as, body: { ...body, isShared: true } })
  expect(shared).toMatchObject({ status: 201, body: { isEditable: true } })
  const { id } = shared.body as Canned
  expect(await ask(`PATCH /v1/canned-responses/${id}`, { as, body: { isShared: false } })).toMatchObject(refused)
})

it('counts each use, and attaches its files to a draft of the caller', async () => {
  const one = await create(anna, { isShared: true })
  const file = { name: 'label.pdf', contentType: 'application/pdf', content: 'JVBERg==' }
  expect((await ask(`POST /v1/canned-responses/${one.id}/attachments`, { as: anna, body: file })).status).toBe(201)
  const content = { to: [], cc: [], bcc: [], subject: 'Label' }
  const { body: draft } = await ask('POST /v1/drafts', { as: ben, body: { emailAccountId, content } })
  const { id: draftId } = draft as { id: string }

  const used = await ask(`POST /v1/canned-responses/${one.id}/use`, { as: ben, body: { draftId } })

  expect(used).toMatchObject({ status: 200, body: { text: one.text, attachments: [{ name: 'label.pdf' }] } })
  const { body: after } = await ask(`GET /v1/drafts/${draftId}`, { as: ben })
  expect(after).toMatchObject({ attachments: [{ name: 'label.pdf', sizeBytes: 4 }] })
  expect(await listed(ben, one)).toMatchObject({ usedCount: 1 })
  // A draft of another person is not found, and nothing is counted.
  expect((await ask(`POST /v1/canned-responses/${one.id}/use`, { as: anna, body: { draftId } })).status).toBe(404)
  expect(await listed(ben, one)).toMatchObject({ usedCount: 1 })
})

it('limits its files, and removes single ones', async () => {
  const one = await create(anna, {})
  const at = `POST /v1/canned-responses/${one.id}/attachments`
  const file = (sizeBytes: number) => ({
    ...{ name: 'a.bin', contentType: 'application/octet-stream' },
    content: Buffer.alloc(sizeBytes).toString('base64'),
  })

  const { body } = await ask(at, { as: anna, body: file(6 * 1024 * 1024) })
  expect(await ask(at, { as: anna, body: file(5 * 1024 * 1024) })).toMatchObject({
    status: 413,
    body: { code: 'writing.attachments_too_large', detail: 'at most 10 files of 10 MB together' },
  })
  const [attachment] = (body as Canned).attachments
  const detach = `DELETE /v1/canned-responses/${one.id}/attachments/${attachment!.id}`
  expect((await ask(detach, { as: ben })).status).toBe(404)
  expect((await ask(detach, { as: anna })).body).toMatchObject({ attachments: [] })
})

describe('the signature of a person', () => {
  it('is sanitized, private, and removed when it is empty', async () => {
    const html = '<p>{{agent.name}}<img src="https://t.example/x"><script>x()</script></p>'
    expect((await ask('PUT /v1/signature', { as: anna, body: { html } })).body).toEqual({
      text: '{{agent.name}}',
      html: '<p>{{agent.name}}<img /></p>',
    })
    expect((await ask('GET /v1/signature', { as: ben })).body).toEqual({ text: '', html: '' })
    expect((await ask('GET /v1/signature', { as: anna })).body).toMatchObject({ text: '{{agent.name}}' })

    await ask('PUT /v1/signature', { as: anna, body: { html: '<p></p>' } })
    expect((await ask('GET /v1/signature', { as: anna })).body).toEqual({ text: '', html: '' })
  })
})
