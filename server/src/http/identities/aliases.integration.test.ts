/** Aliases of a mailbox at the local Microsoft 365: read if permitted, otherwise entered; tested by a mail. */
import { expect, it } from 'vitest'
import { consentToAll, createConnectingStage, openSandboxDirectory } from '../../../test/kit/index.ts'

const { ask, admin, newCloudProvider, registered, addProvider, grantOf, sandbox, database } =
  await createConnectingStage()
const ANNA = 'anna@contoso.example'
const ALIAS = 'anna.smith@contoso.example'
const provider = await newCloudProvider({ exchange: ['IMAP.AccessAsUser.All', 'SMTP.Send'] })
const grant = await grantOf(provider, ANNA, { alsoBy: ['imap', 'smtp'] })
let keys = 0

interface Account {
  id: string
  aliases: { address: string; source: string; trial?: { outcome: string; code?: string; envelope?: string } }[]
}

async function associate(address: string, kind: 'user' | 'shared'): Promise<Account> {
  const body = { address, kind, grantId: grant, name: address, key: `A${++keys}`, contact: ANNA }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  return answer.body as Account
}

/** Adds aliases like an Exchange admin. */
async function give(address: string, aliases: readonly string[], sendFromAlias = false): Promise<void> {
  const answer = await fetch(`${sandbox.controlPanel}/api/mailbox-addresses`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...{ mailbox: address }, aliases, sendFromAlias }),
  })
  expect(answer.status).toBe(204)
}

const post = async (account: Account, path: string, body?: object) => {
  const answer = await ask(`POST /v1/email-accounts/${account.id}/aliases${path}`, { as: admin, body })
  return { ...answer, aliases: (answer.body as Account).aliases }
}
await give(ANNA, ['from.the.beginning@contoso.example'])
const anna = await associate(ANNA, 'user')

it('aliases are read at the start if the server returns them, and again after each check', async () => {
  expect(anna.aliases).toEqual([{ address: 'from.the.beginning@contoso.example', source: 'server' }])

  await give(ANNA, [ALIAS])
  const checked = await ask(`POST /v1/email-accounts/${anna.id}/check`, { as: admin })
  expect((checked.body as Account).aliases).toEqual([{ address: ALIAS, source: 'server' }])
})

it('aliases have a limit, which refuses another one and removes no entered ones', async () => {
  const entered = Array.from({ length: 400 }, (_, n) => ({ address: `a${n}@contoso.example`, source: 'admin' }))
  await store(entered)

  const refused = await post(anna, '', { address: 'one.more@contoso.example' })
  const read = await post(anna, '/read')
  await store([])

  expect(refused.body).toMatchObject({
    code: 'email_accounts.too_many_aliases',
    faults: [{ field: 'body.address' }],
  })
  expect(read.aliases.map(({ address }) => address)).toEqual(entered.map(({ address }) => address))
})

it('at the limit, an entered alias is kept when the server returns it as well', async () => {
  const entered = Array.from({ length: 400 }, (_, n) => ({ address: `a${n}@contoso.example`, source: 'admin' }))
  await store(entered)
  await give(ANNA, [ALIAS, entered[5]!.address])

  const read = await post(anna, '/read')
  await give(ANNA, [ALIAS])
  await store([])

  expect(read.aliases[0]).toMatchObject({ ...entered[5], source: 'server' })
  expect(read.aliases.map(({ address }) => address).toSorted()).toEqual(
    entered.map(({ address }) => address).toSorted(),
  )
})

function store(aliases: readonly object[]) {
  return database.db
    .updateTable('email_accounts')
    .set({ aliases: JSON.stringify(aliases) })
    .where('id', '=', anna.id as never)
    .execute()
}

it('aliases of the own mailbox are read; reading again removes deleted ones and keeps entered ones', async () => {
  await give(ANNA, [ALIAS, 'a.smith@contoso.example'])
  await post(anna, '', { address: 'by-hand@contoso.example' })

  const read = await post(anna, '/read')
  expect(read.status, read.text).toBe(200)
  expect(read.aliases).toEqual([
    { address: ALIAS, source: 'server' },
    { address: 'a.smith@contoso.example', source: 'server' },
    { address: 'by-hand@contoso.example', source: 'admin' },
  ])

  await give(ANNA, [ALIAS])
  expect((await post(anna, '/read')).aliases.map(({ address }) => address)).toEqual([ALIAS, 'by-hand@contoso.example'])
})

it("a delegate can't read the aliases of a shared mailbox, so an admin enters them", async () => {
  const support = await associate('support@contoso.example', 'shared')

  expect(await post(support, '/read')).toMatchObject({
    status: 409,
    body: { code: 'email_accounts.addresses_untold', remedy: 'admin' },
  })
  const added = await post(support, '', { address: 'help@contoso.example' })
  expect(added).toMatchObject({ status: 201, aliases: [{ address: 'help@contoso.example', source: 'admin' }] })
})

it.each(['graph', 'smtp'])('a test mail by %s shows that the server keeps or replaces an alias', async (protocol) => {
  const moved = await ask(`PATCH /v1/email-accounts/${anna.id}`, { as: admin, body: { sendsBy: protocol } })
  expect(moved.status, moved.text).toBe(200)
  await give(ANNA, [ALIAS])
  await post(anna, '/read')
  const trialOf = async () => (await post(anna, `/${ALIAS}/try`)).aliases[0]?.trial

  expect(await trialOf()).toMatchObject({ outcome: 'wrong', code: 'email_accounts.alias_replaced' })

  await give(ANNA, [ALIAS], true)
  const trial = await trialOf()
  expect(trial).toMatchObject({ outcome: 'ok' })
  expect(trial).not.toHaveProperty('code')
})

it('an alias of a different user is refused with the fix, and keeps its test result', async () => {
  await post(anna, '', { address: 'ben@contoso.example' })

  const { aliases } = await post(anna, '/ben@contoso.example/try')

  expect(aliases.find(({ address }) => address === 'ben@contoso.example')?.trial).toMatchObject({
    outcome: 'wrong',
    code: 'transports.send_as_denied',
    fix: expect.stringContaining('Add-RecipientPermission') as string,
  })
})

it.each([
  ['are not told to an application for mail', [], 409],
  ['are told to one that may read the directory', ['User.Read.All'], 200],
])('the aliases of any mailbox %s', async (_what, roles, status) => {
  await give('billing@contoso.example', ['invoices@contoso.example'])
  const directory = await openSandboxDirectory(sandbox)
  const app = await registered()
  for (const role of ['Mail.ReadWrite', 'Mail.Send', ...roles]) await consentToAll(directory, app.clientId, role)
  const cloudProviderId = await addProvider(app.clientId, app.secret.value)
  const about = {
    address: 'billing@contoso.example',
    kind: 'shared',
    name: 'Billing',
    key: `A${++keys}`,
    contact: ANNA,
  }
  const made = await ask('POST /v1/email-accounts', {
    as: admin,
    body: { ...about, applicationOf: { cloudProviderId } },
  })
  expect(made.status, made.text).toBe(201)
  const billing = made.body as Account

  const read = await post(billing, '/read')

  expect(read.status, read.text).toBe(status)
  const known = [{ address: 'invoices@contoso.example', source: 'server' }]
  expect(billing.aliases).toEqual(status === 200 ? known : [])
  await ask(`DELETE /v1/email-accounts/${billing.id}`, { as: admin })
})
