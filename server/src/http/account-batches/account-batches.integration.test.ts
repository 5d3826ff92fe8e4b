/** Account batches over HTTP with the local Microsoft 365: 500 mailboxes, faults of rows, failures and their repair. */
import { beforeEach, describe, expect, it } from 'vitest'
import { consentToAll, createBatchStage, type RowOfTest } from '../../../test/kit/index.ts'

const stage = await createBatchStage()
const { ask, rooms, database, clock, admin, person, provider, applicationOf, create, get, rowsOf, key, audited } = stage
const { accountBatches, emailAccounts } = rooms
const SUPPORT = 'support@contoso.example'
const ANNA = 'anna@contoso.example'

beforeEach(async () => {
  await stage.removeAll()
  await stage.noFaults()
})

const states = (rows: readonly RowOfTest[]) => rows.map(({ line, state }) => [line, state])

describe('a batch of mailboxes', () => {
  it('connects 500 of a CSV, each once, with four requests to Microsoft each', async () => {
    const addresses = await stage.addShared('shop', 500)
    const csv = `address;name\r\n${addresses.map((address, index) => `${address};Shop ${index + 1}`).join('\r\n')}\r\n`
    const agent = await person('agent')
    const batch = await create({ csv, defaults: { contact: ANNA, importDays: 7 }, memberIds: [agent.id] })
    expect(batch).toMatchObject({ status: 'running', total: 500, counts: { waiting: 500 } })

    stage.gate.seen.length = 0
    await accountBatches.runDue()

    expect(await get(batch)).toMatchObject({ status: 'completed', counts: { connected: 500, failed: 0 } })
    const accounts = await emailAccounts.list()
    expect(accounts.map(({ address }) => address).sort()).toEqual(addresses.sort())
    expect(new Set(accounts.map((account) => account.key)).size).toBe(500)
    expect(accounts.find(({ name }) => name === 'Shop 7')).toMatchObject({
      ...{ kind: 'shared', contact: ANNA, principal: { kind: 'application' }, state: 'connecting' },
    })
    expect(stage.gate.seen).toHaveLength(500 * 4)
    const members = await rooms.people.people.get(agent.id)
    expect(members.emailAccountIds).toHaveLength(500)
    expect(await audited(batch)).toEqual(['account_batch.created', 'account_batch.completed'])
    const { events } = await rooms.events.list({ emailAccountIds: 'all', subjectId: batch.id, limit: 10 })
    expect(events).toMatchObject([
      { kind: 'account_batch.completed', payload: { status: 'completed', connected: 500, failed: 0 } },
    ])
  }, 300_000)

  it('names line, field and fix of every fault, and connects nothing', async () => {
    const csv = [
      'address,kind,name,key,contact,importDays',
      `${SUPPORT},team,,,,`,
      'billing.contoso.example,shared,,TOOLONG,x,4000',
      `${ANNA},user,"Anna, Berg",AB,,30,surplus`,
      '"ben@contoso.example",user,,ab,,',
      'ada@contoso.example,user,,AB,,',
    ].join('\n')
    const answer = await ask('POST /v1/account-batches', { as: admin, body: { applicationOf, csv } })

    expect(answer).toMatchObject({ status: 422, body: { code: 'account_batches.rows_invalid' } })
    const { faults } = answer.body as { faults: { field: string; expected: string; fix: string }[] }
    expect(faults.map(({ field }) => field)).toEqual([
      ...['line 2, kind', 'line 3, address', 'line 3, key', 'line 3, contact', 'line 3, importDays'],
      ...['line 4, line', 'line 6, key'],
    ])
    expect(faults[0]).toEqual({
      ...{ field: 'line 2, kind', expected: '"user" or "shared"', fix: 'Correct kind in line 2.' },
    })
    expect(await database.db.selectFrom('account_batches').select('id').execute()).toEqual([])
  })

  it.each([
    ['address,colour\na@contoso.example,red', 'line 1, header'],
    ['name\nAnna', 'line 1, header'],
    ['address\n"a@contoso.example', 'line 2, csv'],
    ['', 'rows'],
    [Array.from({ length: 501 }, (_, index) => `a${index}@contoso.example`).join('\n'), 'rows'],
  ])('is refused for the CSV %j', async (csv, field) => {
    const { body } = await ask('POST /v1/account-batches', { as: admin, body: { applicationOf, csv } })
    expect(body).toMatchObject({ code: 'account_batches.rows_invalid', faults: [{ field }] })
    const checked = await ask('POST /v1/account-batches/preview', { as: admin, body: { applicationOf, csv } })
    const { rows, faults } = checked.body as { rows: { faults: object[] }[]; faults: object[] }
    expect([...faults, ...rows.flatMap((row) => row.faults)]).toHaveLength(1)
  })

  it('takes addresses alone, and exports of Exchange', async () => {
    const preview = async (csv: string) => {
      const { body } = await ask('POST /v1/account-batches/preview', { as: admin, body: { applicationOf, csv } })
      return (body as { rows: object[] }).rows
    }
    expect(await preview(`${ANNA}\n\n${SUPPORT}\n`)).toMatchObject([
      { line: 1, address: ANNA, result: 'new' },
      { line: 3, address: SUPPORT, result: 'new' },
    ])
    const exported = `\ufeff"PrimarySmtpAddress","DisplayName","RecipientTypeDetails"\r\n"${ANNA}","Anna, Berg","UserMailbox"\r\n`
    expect(await preview(exported)).toMatchObject([{ line: 2, name: 'Anna, Berg', kind: 'user', result: 'new' }])
  })

  it('states duplicates and connected mailboxes, also by an alias, and connects none twice', async () => {
    await stage.control('PUT', '/api/mailbox-addresses', { mailbox: SUPPORT, aliases: ['help@contoso.example'] })
    const first = await create({ rows: [{ address: SUPPORT }] })
    await accountBatches.runDue()
    expect(await get(first)).toMatchObject({ status: 'completed', counts: { connected: 1 } })
    const [support] = await emailAccounts.list()

    const rows = [
      ...[{ address: 'HELP@contoso.example' }, { address: SUPPORT }, { address: ANNA, kind: 'user' }],
      // The two names of one mailbox, which only Microsoft knows as one.
      ...[
        { address: ANNA.toUpperCase() },
        { address: 'slind@contoso.example' },
        { address: 'sofia.lind@contoso.example' },
      ],
    ]
    const batch = await create({ rows })
    await accountBatches.runDue()
    const found = await rowsOf(batch)
    expect(states(found.slice(0, 4))).toEqual([
      [1, 'already-connected'],
      [2, 'already-connected'],
      [3, 'connected'],
      [4, 'duplicate'],
    ])
    expect(found[0]!.emailAccountId).toBe(support!.id)
    expect(found[3]).toMatchObject({ duplicateOf: 3 })
    expect(
      found
        .slice(4)
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['already-connected', 'connected'])
    expect(await emailAccounts.list()).toHaveLength(3)
    await stage.control('PUT', '/api/mailbox-addresses', { mailbox: SUPPORT, aliases: [] })
  })

  it('fails exactly the rows that can’t be opened, and connects them after the repair', async () => {
    const [good, unlicensed] = await stage.addShared('repair', 2)
    await stage.fault('mailbox-unlicensed', { on: { mailbox: unlicensed } })
    const batch = await create({ rows: [good, unlicensed, 'absent@contoso.example'].map((address) => ({ address })) })
    await accountBatches.runDue()

    const rows = await rowsOf(batch)
    expect(states(rows)).toEqual([
      [1, 'connected'],
      [2, 'failed'],
      [3, 'failed'],
    ])
    expect(rows.slice(1).map(({ reason }) => reason?.code)).toEqual([
      'transports.mailbox_not_enabled',
      'transports.mailbox_not_found',
    ])
    expect(rows[1]!.reason!.fix).toContain('Assign a license')
    expect(await emailAccounts.list()).toHaveLength(1)
    const file = await ask(`GET /v1/account-batches/${batch.id}/failed.csv`, { as: admin })
    expect(file.headers['content-disposition']).toContain('failed-mailboxes.csv')
    expect(file.text.split('\r\n').map((line) => line.split(',')[0])).toEqual([
      ...['address', unlicensed, 'absent@contoso.example', ''],
    ])

    const csv = file.text
    const checked = await ask('POST /v1/account-batches/preview', { as: admin, body: { applicationOf, csv } })
    expect(checked.body).toMatchObject({ rows: [{ result: 'new' }, { result: 'new' }], faults: [] })

    await stage.noFaults()
    const retried = await ask(`POST /v1/account-batches/${batch.id}/retry`, { as: admin, body: { lines: [2] } })
    expect(retried).toMatchObject({ status: 200, body: { status: 'running', counts: { waiting: 1, failed: 1 } } })
    await accountBatches.runDue()
    expect(states(await rowsOf(batch))).toEqual([
      [1, 'connected'],
      [2, 'connected'],
      [3, 'failed'],
    ])
    const again = await ask(`POST /v1/account-batches/${batch.id}/retry`, { as: admin, body: { lines: [1] } })
    expect(again).toMatchObject({ status: 409, body: { code: 'account_batches.nothing_failed' } })
    expect(await audited(batch)).toEqual([
      ...['account_batch.created', 'account_batch.completed', 'account_batch.retried', 'account_batch.completed'],
    ])
  })

  it('waits as long as Microsoft demands, sends nothing meanwhile, and then goes on', async () => {
    const addresses = await stage.addShared('throttled', 8)
    await stage.fault('graph-throttled', { options: { retryAfterSeconds: 300 } })
    const batch = await create({ rows: addresses.map((address) => ({ address })) })
    stage.gate.seen.length = 0
    await accountBatches.runDue()
    // The rows that were being connected, and none after the demand.
    expect(stage.gate.seen.length).toBeLessThanOrEqual(4)

    const paused = await get(batch)
    expect(paused).toMatchObject({ status: 'running', counts: { waiting: 8, failed: 0 } })
    expect(Date.parse(paused.pausedUntil!) - clock.now().getTime()).toBeGreaterThanOrEqual(290_000)
    await stage.noFaults()
    stage.gate.seen.length = 0
    clock.advance(200_000)
    await accountBatches.runDue()
    expect(stage.gate.seen).toEqual([])

    for (let round = 0; round < 3; round++) {
      clock.advance(400_000)
      await accountBatches.runDue()
    }
    expect(await get(batch)).toMatchObject({ status: 'completed', counts: { connected: 8 } })
  })

  it('fails the other rows without a request when Microsoft rejects the registration', async () => {
    const broken = await stage.addProvider((await stage.registered()).clientId, 'wrong-secret-wrong-secret', 'counted')
    const rows = Array.from({ length: 20 }, (_, index) => ({ address: `none-${index}@contoso.example` }))
    const batch = await create({ applicationOf: { cloudProviderId: broken }, rows })
    stage.gate.seen.length = 0
    await accountBatches.runDue()
    expect(stage.gate.seen).toEqual([])
    const codes = (await rowsOf(batch, 'failed')).map(({ reason }) => reason?.code)
    expect(codes).toHaveLength(20)
    const claimed = database.db.selectFrom('account_batch_rows').select('line').where('claims', '>', 0)
    expect((await claimed.execute()).length).toBeLessThanOrEqual(4)
    expect(new Set(codes)).toEqual(new Set(['cloud_providers.secret_wrong']))
  })

  it('cancels the rows that wait, and keeps connected ones', async () => {
    const addresses = await stage.addShared('canceled', 3)
    const batch = await create({ rows: addresses.map((address) => ({ address })) })
    const canceled = await ask(`POST /v1/account-batches/${batch.id}/cancel`, { as: admin })
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', counts: { canceled: 3 } } })
    await accountBatches.runDue()
    expect(await emailAccounts.list()).toEqual([])
    const again = await ask(`POST /v1/account-batches/${batch.id}/cancel`, { as: admin })
    expect(again).toMatchObject({ status: 409, body: { code: 'account_batches.over' } })
    expect(await audited(batch)).toEqual(['account_batch.created', 'account_batch.canceled'])
  })

  it('adds no account for a row that another process has claimed meanwhile', async () => {
    const batch = await create({ rows: [{ address: SUPPORT }] })
    const associate = emailAccounts.associate.bind(emailAccounts)
    emailAccounts.associate = async (input, actor) => {
      await database.db.updateTable('account_batch_rows').set({ claims: 7 }).execute()
      return associate(input, actor)
    }
    await expect(accountBatches.runDue()).rejects.toMatchObject({ code: 'database.lock_lost' })
    emailAccounts.associate = associate
    expect(await emailAccounts.list()).toEqual([])
    await accountBatches.runDue()
    expect(await get(batch)).toMatchObject({ status: 'completed', counts: { connected: 1 } })
    expect(await emailAccounts.list()).toHaveLength(1)
  })

  it('is the same for a repeated Idempotency-Key, and refused for another request', async () => {
    const headers = { 'idempotency-key': 'once' }
    const first = await create({ rows: [{ address: SUPPORT }] }, admin, headers)
    expect((await create({ rows: [{ address: SUPPORT }] }, admin, headers)).id).toBe(first.id)
    const body = { applicationOf, rows: [{ address: ANNA }] }
    const other = await ask('POST /v1/account-batches', { as: admin, body, headers })
    expect(other).toMatchObject({ status: 422, body: { code: 'account_batches.key_reused' } })
  })

  it('opens shared mailboxes by a grant of an admin', async () => {
    const delegated = await stage.newCloudProvider()
    const grantId = await stage.grantOf(delegated, 'ben@contoso.example')
    const batch = await create({
      applicationOf: undefined,
      grantId,
      rows: [{ address: SUPPORT }, { address: 'billing@contoso.example' }],
    })
    await accountBatches.runDue()
    expect(states(await rowsOf(batch))).toEqual([
      [1, 'connected'],
      [2, 'failed'],
    ])
  })

  it('is deleted 90 days after its end, and its mailboxes stay', async () => {
    const batch = await create({ rows: [{ address: SUPPORT }] })
    await accountBatches.runDue()
    clock.advance(91 * 24 * 60 * 60_000)
    await accountBatches.deleteOld()
    expect((await ask(`GET /v1/account-batches/${batch.id}`, { as: admin })).status).toBe(404)
    expect(await emailAccounts.list()).toHaveLength(1)
  })
})

describe('a program with a key', () => {
  it('connects by the application only, gives no one access, and sees its own batches', async () => {
    const program = await key(['connect:application'])
    const batch = await create({ rows: [{ address: SUPPORT }] }, program)
    expect((await ask('GET /v1/account-batches', { as: program })).body).toMatchObject({ batches: [{ id: batch.id }] })
    const other = await key(['connect:application'])
    expect((await ask('GET /v1/account-batches', { as: other })).body).toEqual({ batches: [] })
    for (const path of ['', '/rows', '/failed.csv']) {
      expect((await ask(`GET /v1/account-batches/${batch.id}${path}`, { as: other })).status).toBe(404)
    }
    for (const action of ['cancel', 'retry']) {
      const answer = await ask(`POST /v1/account-batches/${batch.id}/${action}`, { as: other, body: {} })
      expect(answer.status).toBe(404)
    }
    const grantId = '0197b2a4-0a11-7b3f-9c55-3f6e7d8a9b10'
    const byGrant = { grantId, rows: [{ address: SUPPORT }] }
    expect(await ask('POST /v1/account-batches', { as: program, body: byGrant })).toMatchObject({
      ...{ status: 403, body: { code: 'account_batches.application_only' } },
    })
    const withMember = { applicationOf, memberIds: [admin.id], rows: [{ address: SUPPORT }] }
    expect(await ask('POST /v1/account-batches', { as: program, body: withMember })).toMatchObject({
      ...{ status: 403, body: { code: 'http.person_required' } },
    })
    // Incidents are mailed to contacts.
    const evil = 'attacker@evil.example'
    const byDefault = { applicationOf, defaults: { contact: evil }, rows: [{ address: SUPPORT }] }
    expect(await ask('POST /v1/account-batches', { as: program, body: byDefault })).toMatchObject({
      ...{ status: 403, body: { code: 'http.person_required' } },
    })
    const byCsv = { applicationOf, csv: `address,contact\n${SUPPORT},${evil}` }
    expect(await ask('POST /v1/account-batches', { as: program, body: byCsv })).toMatchObject({
      ...{ status: 422, body: { faults: [{ field: 'line 2, contact' }] } },
    })
    for (const scope of ['connect', 'admin:write'] as const) {
      const answer = await ask('POST /v1/account-batches', {
        as: await key([scope]),
        body: { applicationOf, rows: [] },
      })
      expect(answer).toMatchObject({ status: 403, body: { code: 'http.scope_missing' } })
    }
  })

  it('connects no more mailboxes after the key is revoked', async () => {
    const program = await key(['connect:application'])
    const batch = await create({ rows: [{ address: SUPPORT }, { address: ANNA }] }, program)
    await rooms.people.apiKeys.revoke(program.id, admin.id)
    await accountBatches.runDue()
    expect(await get(batch)).toMatchObject({ status: 'canceled', counts: { canceled: 2 } })
    const codes = (await rowsOf(batch)).map(({ reason }) => reason?.code)
    expect(codes).toEqual(['account_batches.rights_lost', 'account_batches.rights_lost'])
    expect(await emailAccounts.list()).toEqual([])
  })
})

describe('the users of the organization', () => {
  const list = (query = '', of = provider) =>
    ask(`GET /v1/cloud-providers/${of}/directory-users${query}`, { as: admin })

  it('are refused with the permission that is missing, and listed as soon as an admin grants it', async () => {
    const fresh = await stage.registered()
    const other = await stage.addProvider(fresh.clientId, fresh.secret.value, 'counted')
    const read = () => ask(`GET /v1/cloud-providers/${other}/directory-users`, { as: admin })
    const refused = await read()
    expect(refused).toMatchObject({ status: 409, body: { code: 'cloud_providers.users_denied' } })
    expect((refused.body as { fix: string }).fix).toContain('User.ReadBasic.All')
    await consentToAll(stage.directory, fresh.clientId, 'User.ReadBasic.All')
    expect((await read()).status).toBe(200)
  })

  it('are found by the beginning of name or address, in pages, without guests, with those connected', async () => {
    await create({ rows: [{ address: SUPPORT }] })
    await accountBatches.runDue()
    const found = (await list('?search=contoso%20su')).body as { users: object[] }
    const [account] = await emailAccounts.list()
    expect(found.users).toEqual([{ address: SUPPORT, name: 'Contoso Support', emailAccountId: account!.id }])
    expect((await list("?search=o'neil")).body).toEqual({ users: [] })

    // By the address of Graph itself, to which the links of its pages lead.
    const { clientId, secret } = await stage.registered()
    const direct = await stage.addProvider(clientId, secret.value)
    await consentToAll(stage.directory, clientId, 'User.ReadBasic.All')
    const all: string[] = []
    let next: string | undefined
    let pages = 0
    do {
      const { body } = await list(next === undefined ? '' : `?after=${next}`, direct)
      const page = body as { users: { address: string }[]; next?: string }
      all.push(...page.users.map(({ address }) => address))
      next = page.next
      pages++
    } while (next !== undefined)
    expect(pages).toBeGreaterThan(5)
    expect(all).toContain('sofia.lind@contoso.example')
    expect(all).not.toContain('carla@fabrikam.example')
    expect(new Set(all).size).toBe(all.length)
  })

  it('are not read of another organization by a registration for one, nor by a key', async () => {
    const answer = await list('?tenantId=0197b2a4-0a11-7b3f-9c55-3f6e7d8a9b10')
    expect(answer).toMatchObject({ status: 409, body: { code: 'email_accounts.tenant_not_admitted' } })
    const program = await key(['connect:application'])
    expect((await ask(`GET /v1/cloud-providers/${provider}/directory-users`, { as: program })).status).toBe(403)
  })

  it.each(['https://evil.example/v1.0/users', 'path:/v1.0/users/anna@contoso.example/messages', 'nonsense'])(
    'are not read from the position %s',
    async (position) => {
      const url = position.startsWith('path:') ? `${stage.gate.url}${position.slice(5)}` : position
      stage.gate.seen.length = 0
      const answer = await list(`?after=${Buffer.from(url).toString('base64url')}`)
      expect(answer).toMatchObject({ status: 400, body: { code: 'cloud_providers.position_unknown' } })
      expect(stage.gate.seen).toEqual([])
    },
  )
})
