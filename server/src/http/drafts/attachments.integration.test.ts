import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const { id: emailAccountId } = await storeEmailAccount(database, clock)
const as = await person('agent', [emailAccountId])
const other = await person('agent', [emailAccountId])
const MEGABYTE = 1024 * 1024

interface Draft {
  id: string
  attachments: { id: string; name: string }[]
}

async function newDraft(): Promise<Draft> {
  const content = { to: [], cc: [], bcc: [], subject: 'Offer' }
  const { body } = await ask('POST /v1/drafts', { as, body: { emailAccountId, content } })
  return body as Draft
}

function attach({ id }: Draft, name: string, content: Buffer, more: Record<string, unknown> = {}) {
  const body = { name, contentType: 'application/pdf', content: content.toString('base64'), ...more }
  return ask(`POST /v1/drafts/${id}/attachments`, { as, body })
}

it('stores attachments of a draft and returns them with the draft in every response', async () => {
  const draft = await newDraft()
  expect(draft.attachments).toEqual([])

  const { status, body } = await attach(draft, 'offer.pdf', Buffer.from('offer'))
  const picture = await attach(draft, 'logo.png', Buffer.from('png'), { isInline: true, contentId: 'logo@a' })

  expect({ status, body }).toMatchObject({ status: 201, body: { name: 'offer.pdf', isInline: false, sizeBytes: 5 } })
  expect(picture.body).toMatchObject({ isInline: true, contentId: 'logo@a' })
  const expected = [body, picture.body]
  const one = await ask(`GET /v1/drafts/${draft.id}`, { as })
  const list = await ask('GET /v1/drafts', { as })
  const content = { to: [], cc: [], bcc: [], subject: 'Better offer' }
  const saved = await ask(`PUT /v1/drafts/${draft.id}`, { as, body: { content, version: 1 } })
  expect((one.body as Draft).attachments).toEqual(expected)
  expect((list.body as { drafts: Draft[] }).drafts.find(({ id }) => id === draft.id)?.attachments).toEqual(expected)
  expect(saved.body).toMatchObject({ version: 2, attachments: expected })
})

it('removes a single attachment, and keeps the others of a discarded draft for its restore', async () => {
  const draft = await newDraft()
  const { body } = await attach(draft, 'a.pdf', Buffer.from('a'))
  await attach(draft, 'b.pdf', Buffer.from('b'))
  const stored = () =>
    database.db
      .selectFrom('draft_attachments')
      .select('name')
      .where('draft_id', '=', draft.id as never)

  const at = `DELETE /v1/drafts/${draft.id}/attachments/${(body as { id: string }).id}`
  expect((await ask(at, { as })).status).toBe(204)
  expect((await ask(at, { as })).status).toBe(404)
  expect(await stored().execute()).toEqual([{ name: 'b.pdf' }])

  expect((await ask(`DELETE /v1/drafts/${draft.id}`, { as })).status).toBe(204)
  expect((await ask(`DELETE /v1/drafts/${draft.id}`, { as })).status).toBe(404)
  expect((await ask(`POST /v1/drafts/${draft.id}/restore`, { as: other })).status).toBe(404)
  const restored = await ask(`POST /v1/drafts/${draft.id}/restore`, { as })
  expect(restored).toMatchObject({ status: 200, body: { id: draft.id, attachments: [{ name: 'b.pdf' }] } })
  expect((await ask(`POST /v1/drafts/${draft.id}/restore`, { as })).status).toBe(404)
})

it('refuses changes to the drafts of others', async () => {
  const draft = await newDraft()
  const body = { name: 'a.pdf', contentType: 'application/pdf', content: 'YQ==' }

  expect((await ask(`POST /v1/drafts/${draft.id}/attachments`, { as: other, body })).status).toBe(404)
})

it('refuses an attachment that the mailbox could not send, and names the limit', async () => {
  const draft = await newDraft()
  await database.db.updateTable('email_accounts').set({ kind: 'user' }).where('id', '=', emailAccountId).execute()

  const tooLarge = await attach(draft, 'film.mp4', Buffer.alloc(26 * MEGABYTE))
  expect(tooLarge).toMatchObject({
    status: 413,
    body: { code: 'submission.too_large', detail: 'film.mp4: at most 25.0 MB' },
  })

  expect((await attach(draft, 'a.zip', Buffer.alloc(20 * MEGABYTE))).status).toBe(201)
  const tooMuch = await attach(draft, 'b.zip', Buffer.alloc(10 * MEGABYTE))
  expect(tooMuch).toMatchObject({ status: 413, body: { detail: 'message with its attachments: at most 25.0 MB' } })
})

it('shows images of a draft to its author, and no other files', async () => {
  const draft = await newDraft()
  const png = { contentType: 'image/png', isInline: true, contentId: 'a@inline.postkey' }
  const { body: image } = await attach(draft, 'a.png', Buffer.from('89504e47', 'hex'), png)
  const { body: page } = await attach(draft, 'a.html', Buffer.from('<p>'), { contentType: 'text/html' })
  const at = (file: unknown) => `GET /v1/drafts/${draft.id}/attachments/${(file as { id: string }).id}/image`

  const shown = await ask(at(image), { as })
  expect(shown.status).toBe(200)
  expect(shown.headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  expect((await ask(at(page), { as })).status).toBe(404)
  expect((await ask(at(image), { as: other })).status).toBe(404)
})
