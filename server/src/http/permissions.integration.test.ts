/**
 * Route × caller × owner of the object: every route of the golden list has a row here that states its permissions,
 * independently of the route itself. A route without a row fails. All requests come from 127.0.0.1: the rows also prove
 * that a loopback address alone grants nothing.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newId, type EmailAccountId } from '../kernel/ids.ts'
import { API_KEY_SCOPES, type ApiKeyScope } from '../people/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
  type Answer,
  type ShownBy,
} from '../../test/kit/index.ts'
import { DRAFT, letter } from '../../test/http/mail-permissions.ts'
import type { Row, Thing } from '../../test/http/permission-row.ts'
import { permissionRows } from '../../test/http/permission-rows.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock, {
  securityContact: 'mailto:security@contoso.example',
})
const { conversations, people, submissions } = rooms

const ours = await storeEmailAccount(database, clock)
const theirs = await storeEmailAccount(database, clock)
// Conversations count as changed if they are assigned, and the test sends answers of its own.
await database.db.updateTable('email_accounts').set({ assigns_sender: false }).execute()
const admin = await person('admin')
const member = await person('agent', [ours.id])
const stranger = await person('agent', [theirs.id])
const newcomer = await person('agent')
const supervisor = await person('supervisor', [ours.id])
const foreignSupervisor = await person('supervisor', [theirs.id])
const auditor = await person('auditor')

const key = async (scopes: readonly ApiKeyScope[], emailAccountIds: readonly EmailAccountId[] | 'all' = 'all') => {
  const created = await people.apiKeys.create({ name: 'Test', scopes, emailAccountIds }, admin.id)
  return { id: created.id, authorization: `Bearer ${created.key.reveal()}` }
}

const promoted = await person('agent')

const ROWS = permissionRows({ admin: admin.id, newcomer: newcomer.id, promoted: promoted.id })

const GOLDEN = [
  ...readFileSync(join(import.meta.dirname, '../../../docs/routes.md'), 'utf8').matchAll(/^\| (\w+) +\| `(\S+)`/gm),
].map(([, method, url]) => `${method!} ${url!}`)

it('the table has a row for every route of the golden list, and no others', () => {
  expect(GOLDEN.length).toBeGreaterThan(50)
  expect(Object.keys(ROWS).sort()).toEqual([...GOLDEN].sort())
})

it('metrics of all mailboxes are refused for a key for some of them', async () => {
  const from = (headers: { authorization: string }) => ask('GET /metrics', { headers })
  expectRefused(await from(await key(['admin:read'], [ours.id])), 403, 'http.scope_missing')
  expectPermitted(await from(await key(['admin:read'])))
})

describe.each(Object.entries(ROWS))('%s', (at, row) => {
  const others = API_KEY_SCOPES.filter((scope) => scope !== row.scope)

  it('is allowed for its callers and refused for all others', async () => {
    const anonymous = await request(at, row)
    if (row.who === 'anyone') {
      expectPermitted(anonymous)
      return
    }
    expectRefused(anonymous, 401, 'http.not_signed_in')
    expectRefused(await request(at, row, { authorization: 'Bearer postkey_wrong' }), 401, 'http.not_signed_in')

    if (row.who === 'keys') {
      for (const as of [member, supervisor, admin, auditor]) {
        expectRefused(await request(at, row, as), 401, 'http.not_signed_in')
      }
      for (const scope of API_KEY_SCOPES) expectPermitted(await request(at, row, await key([scope])))
      return
    }
    for (const as of [member, supervisor]) {
      if (row.who === 'admins') expectRefused(await request(at, row, as, 'nothing'), 403, 'http.not_permitted')
      else expectPermitted(await request(at, row, as))
    }
    expectPermitted(await request(at, row, admin))
  })

  if (row.who !== 'anyone' && row.who !== 'keys') {
    const isForAuditors = row.who === 'people' || row.auditors === true
    it(isForAuditors ? 'is allowed for auditors' : 'is refused for auditors', async () => {
      if (isForAuditors) expectPermitted(await request(at, row, auditor))
      else expectRefused(await request(at, row, auditor, 'nothing'), 403, 'http.not_permitted')
    })

    it(row.scope ? 'is for keys with its scope, and for no others' : 'is for no key', async () => {
      if (!row.scope) {
        expectRefused(await request(at, row, await key(API_KEY_SCOPES)), 403, 'http.person_required')
        return
      }
      expectRefused(await request(at, row, await key(others)), 403, 'http.scope_missing')
      expectPermitted(await request(at, row, await key([row.scope, ...(row.alsoScope ? [row.alsoScope] : [])])))
    })
  }

  if (row.named) {
    it('hides mailboxes from callers without access, and changes nothing there', async () => {
      // A route without a scope is for no key, which the test above tries.
      const programs = row.scope ? [await key([row.scope], [theirs.id])] : []
      const before = await traces()
      for (const as of row.who === 'admins' ? programs : [stranger, newcomer, foreignSupervisor, ...programs]) {
        const answer = await request(at, row, as)
        expectRefused(answer, 404, 'http.not_found')
        expect(sameForAll(answer)).toEqual(sameForAll(await request(at, row, as, 'nothing')))
      }
      expect(await traces()).toEqual(before)
    })
  }
})

it('a key with an admin scope is refused for only some mailboxes, with the field named', async () => {
  const make = (scopes: readonly ApiKeyScope[], emailAccountIds: unknown) =>
    ask('POST /v1/api-keys', { as: admin, body: { name: 'Shop', scopes, emailAccountIds } })
  for (const scope of ['admin:read', 'admin:write'] as const) {
    const refused = await make(['mail:read', scope], [ours.id])
    expectRefused(refused, 400, 'http.invalid_request')
    expect(refused.body).toMatchObject({
      faults: [{ field: 'body.emailAccountIds', expected: expect.stringContaining('"all"') as string }],
    })
    expect((await make([scope], 'all')).status).toBe(201)
  }
  expect((await make(['mail:read'], [ours.id])).status).toBe(201)
})

it('a stored key with an admin scope for some mailboxes is refused wherever others are affected', async () => {
  const program = await key(['admin:read', 'admin:write'], [ours.id])
  const unnamed = Object.entries(ROWS).filter(([, row]) => row.who === 'admins' && row.scope && !row.named)
  for (const [at, row] of unnamed) expectRefused(await request(at, row, program), 403, 'http.scope_missing')
  expect((await ask(`GET /v1/email-accounts/${ours.id}/removal`, { as: program })).status).toBe(200)
})

it('a key with every scope for all mailboxes changes no person, role, membership, key, link, factor or way out', async () => {
  const target = await person('agent')
  const program = await key(API_KEY_SCOPES)
  const rows = permissionRows({ admin: admin.id, newcomer: newcomer.id, promoted: target.id })
  const changing = Object.entries(rows).filter(([at, { who }]) => who !== 'anyone' && !at.startsWith('GET '))
  expect(changing.length).toBeGreaterThan(100)
  const before = await accessRows()
  for (const [at, row] of changing) {
    // Routes of access also get the id of a person and that of the key itself.
    const ids =
      row.scope === undefined && /^\w+ \/v1\/[\w-]+\/:id/.test(at) ? [undefined, target.id, program.id] : [undefined]
    for (const id of ids) {
      const answer = await request(
        id === undefined ? at : at.replace(':id', id),
        row,
        program,
        row.scope === undefined ? 'nothing' : 'ours',
      )
      if (row.scope === undefined && row.who !== 'keys') expectRefused(answer, 403, 'http.person_required')
    }
    if (row.scope !== undefined || row.who === 'keys')
      expect({ at, access: await accessRows() }).toEqual({ at, access: before })
  }
  expect(await accessRows()).toEqual(before)
})

/** Things of the whole team, whose events have no mailbox. */
const FOR_ALL = new Set(['tag', 'saved_view', 'canned_response', 'customer_note'])

it('lists contain only objects of the mailboxes of an agent or key', async () => {
  const { body: end } = await ask('GET /v1/events?after=now', { as: member })
  const start = (end as { next: number }).next
  const foreign = await thing(theirs, 'test')
  const mine = await thing(ours, member.id)
  const alone = { content: letter(), submittedBy: 'test' }
  await submissions.submit({ ...alone, emailAccountId: theirs.id, idempotencyKey: 'alone-theirs' })
  const { id: unsent } = await submissions.submit({ ...alone, emailAccountId: ours.id, idempotencyKey: 'alone-ours' })
  for (const as of [member, await key(['mail:read'], [ours.id])]) {
    const { body: list } = await ask('GET /v1/conversations?view=all', { as })
    const accounts = (list as { conversations: { emailAccountId: string }[] }).conversations
    expect(new Set(accounts.map(({ emailAccountId }) => emailAccountId))).toEqual(new Set([ours.id]))
    const { body: named } = await ask(
      `GET /v1/conversations?view=all&ids=${foreign.conversation},${mine.conversation},${newId()}`,
      { as },
    )
    expect((named as { conversations: { id: string }[] }).conversations.map(({ id }) => id)).toEqual([
      mine.conversation,
    ])
    const { body: submitted } = await ask('GET /v1/submissions', { as })
    const listed = (submitted as { submissions: { id: string; emailAccountId: string }[] }).submissions
    expect(listed.map(({ id }) => id)).toContain(unsent)
    expect(new Set(listed.map((each) => each.emailAccountId))).toEqual(new Set([ours.id]))
    const { body: waiting } = await ask('GET /v1/submissions?view=without-conversation', { as })
    expect((waiting as { submissions: { id: string }[] }).submissions.map(({ id }) => id)).toEqual([unsent])
    const { body: accountList } = await ask('GET /v1/email-accounts', { as })
    expect((accountList as { emailAccounts: { id: string }[] }).emailAccounts.map(({ id }) => id)).toEqual([ours.id])
    const { body: events } = await ask(`GET /v1/events?after=${start}&limit=500`, { as })
    const all = (events as { events: { account?: string; kind: string }[] }).events
    const seen = all.filter(({ account, kind }) => account !== undefined || !FOR_ALL.has(kind.split('.')[0]!))
    expect(new Set(seen.map(({ account }) => account))).toEqual(new Set([ours.id]))
  }
  const { body } = await ask('GET /v1/drafts', { as: member })
  expect((body as { drafts: { id: string }[] }).drafts.map(({ id }) => id)).toContain(mine.draft)
})

it('an object of one mailbox is refused in another', async () => {
  const [here, there] = [await thing(ours, member.id), await thing(theirs, 'test')]
  const both = await person('agent', [ours.id, theirs.id])
  const mixed = { emailAccountId: ours.id, conversationId: there.conversation }

  expectRefused(await ask('POST /v1/drafts', { as: both, body: { ...mixed, content: DRAFT } }), 404, 'http.not_found')
  const submit = { as: both, body: { ...mixed, ...letter() }, headers: { 'idempotency-key': 'mixed' } }
  expectRefused(await ask('POST /v1/submissions', submit), 404, 'http.not_found')
  const assign = { as: both, body: { assigneeId: stranger.id } }
  expect(await ask(`PUT /v1/conversations/${here.conversation}/assignee`, assign)).toMatchObject({
    status: 409,
    body: { code: 'people.not_a_member' },
  })
})

it('a draft of a different author is not found', async () => {
  const { draft } = await thing(ours, member.id)
  for (const at of [`GET /v1/drafts/${draft}`, `DELETE /v1/drafts/${draft}`]) {
    expectRefused(await ask(at, { as: admin }), 404, 'http.not_found')
  }
  expect(await ask(`GET /v1/drafts/${draft}`, { as: member })).toMatchObject({ status: 200 })
})

it('an auditor reads the health of every mailbox, and changes nothing', async () => {
  const forAuditors = Object.entries(ROWS).filter(([, { auditors }]) => auditors)
  expect(forAuditors.every(([at]) => at.startsWith('GET '))).toBe(true)
  const before = [await accessRows(), await traces()]
  const { body } = await ask('GET /v1/email-accounts', { as: auditor })
  const ids = (body as { emailAccounts: { id: string }[] }).emailAccounts.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining([ours.id, theirs.id]))
  for (const { id } of [ours, theirs]) {
    expect((await ask(`GET /v1/email-accounts/${id}/health?day=2026-01-01`, { as: auditor })).status).toBe(200)
  }
  expect([await accessRows(), await traces()]).toEqual(before)
})

it('an agent sees nothing of a mailbox after losing access', async () => {
  const leaving = await person('agent', [ours.id])
  const { conversation } = await thing(ours, 'test')
  expect((await ask(`GET /v1/conversations/${conversation}`, { as: leaving })).status).toBe(200)
  await people.people.setMemberships(leaving.id, [], 'test')
  expectRefused(await ask(`GET /v1/conversations/${conversation}`, { as: leaving }), 404, 'http.not_found')
})

/** Sends the request of a row; `nothing` sends it for objects that do not exist. */
async function request(
  at: string,
  row: Row,
  as?: ShownBy & { id?: string },
  about: 'ours' | 'nothing' = 'ours',
): Promise<Answer> {
  const author = as?.id === undefined ? 'test' : as.authorization ? `api-key:${as.id}` : as.id
  const real = about === 'nothing' || !row.of ? nothing(author) : await oneOf(author, at.startsWith('GET'))
  const { path = {}, query = '', body, headers } = row.of?.(real) ?? {}
  const url = at.replaceAll(/:(\w+)/g, (_, name: string) => path[name] ?? newId()) + query
  const credentials = {
    ...(as?.cookie && { cookie: as.cookie }),
    ...(as?.authorization && { authorization: as.authorization }),
  }
  return ask(url, {
    as: credentials,
    body,
    ...(headers && { headers }),
  })
}

let number = 0

const kept = new Map<string, Thing>()

/** Objects for reads are created once; objects for changes are created for each request. */
async function oneOf(author: string, isOnlyRead: boolean): Promise<Thing> {
  const known = isOnlyRead ? kept.get(author) : undefined
  const made = known ?? (await thing(ours, author))
  if (isOnlyRead) kept.set(author, made)
  return made
}

const FROM_CUSTOMER = { to: [{ name: '', address: 'us@contoso.example' }], hasAttachments: true }

/** One object of every kind in a mailbox. */
async function thing(account: typeof ours, author: string): Promise<Thing> {
  const n = ++number
  const filed = await database.transaction((tx) =>
    conversations.filing.file(
      tx,
      { id: account.id, address: 'us@contoso.example', createdAt: clock.now() },
      customerMessage(clock, n, FROM_CUSTOMER),
    ),
  )
  const { messageId, conversationId } = filed!
  const [attachment] = await conversations.messages.keepAttachments(messageId, [
    {
      remoteId: `a${n}`,
      name: 'a.png',
      contentType: 'image/png',
      sizeBytes: 1,
      contentId: undefined,
      isInline: false,
      kind: 'file',
    },
  ])
  const draft = await conversations.drafts.save({
    emailAccountId: account.id,
    conversationId,
    authorId: author,
    content: DRAFT,
  })
  const [draftAttachment] = await conversations.drafts.attach(draft.id, [
    { name: 'a.png', contentType: 'image/png', isInline: false, content: Buffer.from('a') },
  ])
  const discarded = await conversations.drafts.save({ emailAccountId: account.id, authorId: author, content: DRAFT })
  await conversations.drafts.discard(discarded.id)
  const submission = await submissions.submit({
    emailAccountId: account.id,
    conversationId,
    content: letter(),
    idempotencyKey: `key-${n}`,
    submittedBy: author,
  })
  return {
    account,
    author,
    conversation: conversationId,
    message: messageId,
    attachment: attachment!.id,
    draft: draft.id,
    draftAttachment: draftAttachment!.id,
    discardedDraft: discarded.id,
    submission: submission.id,
  }
}

function nothing(author: string): Thing {
  return {
    account: { id: newId(), cloudProviderId: newId(), grantId: newId() },
    author,
    conversation: newId(),
    message: newId(),
    attachment: newId(),
    draft: newId(),
    draftAttachment: newId(),
    discardedDraft: newId(),
    submission: newId(),
  }
}

/** Tables that decide who gets in, what they may do, and where mail and alerts go; with those of each person. */
const ACCESS_TABLES = [
  ...[
    'users',
    'memberships',
    'person_links',
    'api_keys',
    'sign_in_links',
    'device_code_allowances',
    'principal_wishes',
  ],
  ...['work_orders', 'cloud_providers', 'provider_credentials', 'grants', 'mail_passwords', 'identities'],
  ...['alert_relay', 'installation_retention', 'return_urls', 'authorizations', 'device_sign_ins'],
]

/** Columns that decide access, of tables with results of checks, which keys may run. */
const COMPARED: Readonly<Record<string, string>> = {
  grants: 'id, cloud_provider_id, tenant_id, object_id',
  cloud_providers: 'id, cloud, tenant_id, client_id, account_types, contact',
  provider_credentials: 'id, cloud_provider_id',
}

/** Rows of which a key with `connect` adds others: hosted links lead to a mailbox of their owner, and to no right of the key. */
const LIMITED: Readonly<Record<string, string>> = { sign_in_links: 'WHERE NOT is_hosted' }

/** Digests of the rows of tables that decide access, without the last use of keys. */
async function accessRows(): Promise<Record<string, string>> {
  const { rows: ofPeople } = await database.pool.query<{ name: string }>(
    `SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint WHERE confrelid = 'users'::regclass
       AND conrelid <> 'canned_responses'::regclass`,
  )
  const tables = [...new Set([...ACCESS_TABLES, ...ofPeople.map(({ name }) => name)])].sort()
  const digests = tables.map(
    (table) =>
      `SELECT '${table}' AS name, md5(coalesce(string_agg(line, E'\n' ORDER BY line), '')) AS digest
       FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS line
         FROM (SELECT ${COMPARED[table] ?? '*'} FROM ${table} ${LIMITED[table] ?? ''}) AS t) AS lines`,
  )
  const { rows } = await database.pool.query<{ name: string; digest: string }>(digests.join(' UNION ALL '))
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
}

/** Data written besides the objects that the test itself has created. */
async function traces() {
  const count = async (table: 'notes' | 'audit_entries' | 'conversation_viewers') => {
    const rows = database.db.selectFrom(table).select(({ fn }) => fn.countAll().as('n'))
    // The first use of a key has an entry of its own.
    const counted = table === 'audit_entries' ? rows.where('action', '<>', 'api_key.new_network_used') : rows
    return Number((await counted.executeTakeFirstOrThrow()).n)
  }
  const touched = await database.db
    .selectFrom('conversations')
    .select(({ fn }) => fn.countAll().as('n'))
    .where((e) => e.or([e('status', '<>', 'open'), e('assignee_id', 'is not', null), e('unread', '=', false)]))
    .executeTakeFirstOrThrow()
  const canceled = await database.db
    .selectFrom('submissions')
    .select(({ fn }) => fn.countAll().as('n'))
    .where('state', '<>', 'queued')
    .executeTakeFirstOrThrow()
  return [
    await count('notes'),
    await count('conversation_viewers'),
    Number(touched.n),
    Number(canceled.n),
    await count('audit_entries'),
  ]
}

function expectRefused(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: (answer.body as { code?: string } | undefined)?.code }).toEqual({
    status,
    code,
  })
}

/** Any result is accepted, except a refusal of the caller or an invalid request of the test. */
function expectPermitted(answer: Answer): void {
  const { code } = (answer.body ?? {}) as { code?: string }
  expect(['http.not_signed_in', 'http.not_permitted', 'http.scope_missing', 'http.not_found']).not.toContain(code)
  expect(code, answer.text.slice(0, 1000)).not.toBe('http.invalid_request')
  expect(answer.status, answer.text.slice(0, 500)).not.toBe(403)
}

function sameForAll({ body, status }: Answer): unknown {
  return { status, body: { ...(body as object), traceId: undefined } }
}
