/**
 * Sender names of a mailbox: limited to those that an admin created. A reply uses the one to which the customer wrote.
 */
import { beforeEach, expect, it } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const admin = await person('admin')

const SALES = 'sales@contoso.example'
const KIM = { name: 'Kim', address: 'kim@customer.example' }
let id: EmailAccountId
let address: string
let number = 0

interface Identity {
  id: string
  name: string
  address: string
  signature: { text: string; html: string }
  isDefault: boolean
  isFirst: boolean
}

beforeEach(async () => {
  ;({ id } = await storeEmailAccount(database, clock))
  ;({ address } = await rooms.emailAccounts.get(id))
})

const at = (path: string) => `/v1/email-accounts/${id}/${path}`
const listed = async () => {
  const { body } = await ask(`GET ${at('identities')}`, { as: admin })
  return (body as { identities: Identity[] }).identities
}
const addAlias = (alias = SALES) => ask(`POST ${at('aliases')}`, { as: admin, body: { address: alias } })
const add = (body: object) => ask(`POST ${at('identities')}`, { as: admin, body })

async function addSales(more: object = {}): Promise<Identity> {
  expect((await addAlias()).status).toBe(201)
  const { status, body, text } = await add({ name: 'Contoso Sales', address: SALES.toUpperCase(), ...more })
  expect(status, text).toBe(201)
  return body as Identity
}

async function receive(to: readonly { name: string; address: string }[]) {
  const account = await rooms.emailAccounts.get(id)
  const message = customerMessage(clock, ++number, { from: KIM, to, remoteConversationId: undefined })
  return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
}

async function submit(body: object) {
  const letter = { emailAccountId: id, to: [KIM], subject: 'Kettle', text: 'It boils.', ...body }
  return ask('POST /v1/submissions', {
    as: admin,
    body: letter,
    headers: { 'idempotency-key': `k${++number}` },
  })
}

it('sender names begin with the mailbox itself, which follows the name of the account until it is changed', async () => {
  expect(await listed()).toMatchObject([{ id, address, isDefault: true, isFirst: true, signature: { text: '' } }])

  await ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: { name: 'Help' } })
  expect((await listed())[0]).toMatchObject({ name: 'Help' })

  await ask(`PATCH ${at(`identities/${id}`)}`, { as: admin, body: { name: 'Contoso Help' } })
  await ask(`PATCH /v1/email-accounts/${id}`, { as: admin, body: { name: 'Support' } })
  expect((await listed())[0]).toMatchObject({ name: 'Contoso Help', address })
})

it('sender names have an address of the mailbox and no other', async () => {
  const refused = await add({ name: 'Boss', address: 'boss@contoso.example' })

  expect(refused).toMatchObject({ status: 422, body: { code: 'email_accounts.address_not_own' } })
  expect(await addSales()).toMatchObject({ address: SALES, isDefault: false, isFirst: false })
  expect(await listed()).toHaveLength(2)
})

it('signatures contain no active content, and get a text version if there is only HTML', async () => {
  const html = '<p onclick="x()">Kim of <b>Sales</b></p><script>x()</script><img src="https://tracker.example/a.png">'

  const { signature } = await addSales({ signature: { html } })

  expect(signature.html).toContain('<b>Sales</b>')
  expect(signature.html).not.toMatch(/onclick|script|tracker/)
  expect(signature.text).toContain('Kim of Sales')
})

it('one sender name is the default, and the first one when that is removed', async () => {
  const sales = await addSales({ isDefault: true })
  expect((await listed()).map(({ isDefault }) => isDefault)).toEqual([false, true])
  expect((await submit({})).body).toMatchObject({ from: { name: 'Contoso Sales', address: SALES } })

  expect((await ask(`DELETE ${at(`aliases/${SALES}`)}`, { as: admin })).body).toMatchObject({
    code: 'email_accounts.address_in_use',
  })
  expect((await ask(`DELETE ${at(`identities/${sales.id}`)}`, { as: admin })).status).toBe(204)
  expect((await ask(`DELETE ${at(`aliases/${SALES}`)}`, { as: admin })).body).toMatchObject({ aliases: [] })
  expect((await submit({})).body).toMatchObject({ from: { address } })
})

it('mail is accepted only with a sender name, and gets its Message-ID domain and Reply-To', async () => {
  await addAlias('sales@contoso.shop')
  const { body: shop } = await add({ name: 'Shop', address: 'sales@contoso.shop', replyTo: KIM })
  const identityId = (shop as Identity).id

  const accepted = await submit({ identityId })

  expect(accepted).toMatchObject({ status: 201, body: { from: { name: 'Shop', address: 'sales@contoso.shop' } } })
  expect(accepted.body).toMatchObject({ replyTo: [KIM], messageId: expect.stringMatching(/@contoso\.shop$/) as string })
  expect((await submit({ from: KIM })).status).toBe(400)

  const other = await storeEmailAccount(database, clock)
  expect(await submit({ emailAccountId: other.id, identityId })).toMatchObject({
    status: 404,
    body: { code: 'email_accounts.identity_not_found' },
  })
  const foreign = `/v1/email-accounts/${other.id}/identities/${identityId}`
  expect((await ask(`PATCH ${foreign}`, { as: admin, body: { name: 'Mine' } })).status).toBe(404)
  expect((await ask(`DELETE ${foreign}`, { as: admin })).status).toBe(404)
  expect(await listed()).toHaveLength(2)
})

it('a reply uses the address to which the customer wrote, and is not copied to another own address', async () => {
  const sales = await addSales()
  const toSales = await receive([
    { name: '', address: 'Sales@Contoso.example' },
    { name: '', address },
    { name: 'Lee', address: 'lee@customer.example' },
  ])

  const { body } = await ask(`GET /v1/messages/${toSales.messageId}/answer?kind=reply-all`, { as: admin })

  expect(body).toMatchObject({ identityId: sales.id, to: [KIM], cc: [{ address: 'lee@customer.example' }] })
  const answered = await submit({ conversationId: toSales.conversationId })
  expect(answered.body).toMatchObject({ from: { address: SALES } })
  const toSupport = await receive([{ name: '', address }])
  expect((await submit({ conversationId: toSupport.conversationId })).body).toMatchObject({ from: { address } })
})

it('a draft keeps its sender name, including the draft of a message whose sending was canceled', async () => {
  const { id: identityId } = await addSales()
  const content = { to: [], cc: [], bcc: [], subject: 'Half', identityId }
  const draft = await ask('POST /v1/drafts', { as: admin, body: { emailAccountId: id, content } })
  expect(draft.body).toMatchObject({ content: { identityId } })

  const sent = (await submit({ identityId, holdMs: 60_000 })).body as { id: string }
  const canceled = (await ask(`POST /v1/submissions/${sent.id}/cancel`, { as: admin })).body as { draftId: string }

  const back = await ask(`GET /v1/drafts/${canceled.draftId}`, { as: admin })
  expect(back.body).toMatchObject({ content: { identityId } })
})
