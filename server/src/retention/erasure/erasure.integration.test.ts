import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { newId, type ConversationId } from '../../kernel/ids.ts'
import { ADMIN, createErasureStage, KIM, SUPPORT } from '../../../test/retention/erasure-stage.ts'
import { ERASURE_SCANS } from '../index.ts'

const ANNA = { name: 'Anna Zq7name', address: 'zq7anna@fabrikam.example' }
const WORK = { name: 'Anna', address: 'ZQ7.work@fabrikam.example' }
const PERSON = [ANNA.address, WORK.address]

const stage = await createErasureStage()
const { db, clock, conversations, audit, retention, erasures, hooks, account } = stage
const { erase, deliver, conversationOf, subjects, rowsWith } = stage

async function messageIdsOf(ids: readonly ConversationId[]): Promise<string[]> {
  const rows = await db.selectFrom('messages').select('id').where('conversation_id', 'in', ids).execute()
  return rows.map(({ id }) => id)
}

const PERSONAL = { from: ANNA, preview: 'Zq7preview', body: { type: 'text', content: 'Zq7body' } } as const

async function importAll(): Promise<void> {
  const first = await deliver('Zq7first', { ...PERSONAL, hasAttachments: true, messageId: 'zq7first@fabrikam.example' })
  await deliver('Re: Zq7first', { from: SUPPORT, to: [ANNA], folderRemoteId: 'sent', inReplyTo: [first.messageId!] })
  await deliver('Form', { from: { name: '', address: 'form@shop.example' }, replyTo: [WORK] })
  await deliver('Zq7hidden', { from: SUPPORT, to: [], bcc: [WORK], folderRemoteId: 'sent' })
  await deliver('Zq7report', {
    from: { name: '', address: 'mailer-daemon@contoso.example' },
    body: { type: 'text', content: `${ANNA.address} is unknown` },
    inReplyTo: [first.messageId!],
    marks: { automatic: { kind: 'report', reason: 'Content-Type: multipart/report' } },
  })
  const shared = await deliver('Shared', { from: KIM })
  const reply = { inReplyTo: [shared.messageId!], subject: 'Re: Shared' }
  await deliver('Re: Shared', { ...PERSONAL, ...reply, messageId: 'zq7shared@fabrikam.example', to: [SUPPORT, KIM] })
  await deliver('Re: Shared', { ...reply, from: SUPPORT, to: [KIM], folderRemoteId: 'sent' })
  await deliver('Quote', { from: KIM, body: { type: 'text', content: `Ask zq7anna@fabrikam.example` } })
  await deliver('Held zq7', PERSONAL)
  await deliver('Longer', { from: { name: 'Other', address: `x${ANNA.address}` } })
  await deliver('Other', { from: KIM })
}

/** Rows of each other kind that name the person. */
async function storeRecords(): Promise<void> {
  const [first, shared] = [await conversationOf('Zq7first'), await conversationOf('Shared')]
  const at = clock.now()
  const text = `zq7: <${ANNA.address}>`
  await conversations.team.hold(await conversationOf('Held zq7'), 'Case 4711', ADMIN)
  await sql`INSERT INTO notes (id, conversation_id, author_id, body, created_at)
    VALUES (${newId()}, ${first}, 'p', ${text}, ${at}), (${newId()}, ${shared}, 'p', ${text}, ${at})`.execute(db)
  await sql`INSERT INTO customer_notes VALUES (${ANNA.address}, 'zq7', 1, 'p', ${at})`.execute(db)
  const content = JSON.stringify({ to: [ANNA], cc: [], bcc: [], subject: 'zq7', text: 'zq7' })
  await sql`INSERT INTO drafts (id, email_account_id, author_id, content, version, updated_at)
    VALUES (${newId()}, ${account}, 'p', ${content}::jsonb, 1, ${at})`.execute(db)
  await sql`INSERT INTO submissions (id, email_account_id, conversation_id, submitted_by, idempotency_key, request_hash, message_id, content,
      state, due_at, created_at)
    VALUES (${newId()}, ${account}, ${first}, 'p', 'a', '', 'zq7a', ${content}::jsonb, 'sent', ${at}, ${at}),
      (${newId()}, ${account}, ${shared}, 'p', 'b', '', 'zq7b', ${content}::jsonb, 'canceled', ${at}, ${at})`.execute(
    db,
  )
  await sql`INSERT INTO saved_views VALUES (${newId()}, 'p', 'Anna', ${`from:${ANNA.address}`}, 'open', false, ${at})`.execute(
    db,
  )
  const payload = JSON.stringify({ note: text, recipients: [{ address: ANNA.address }] }).replaceAll('zq7: ', '')
  await sql`INSERT INTO events (kind, email_account_id, subject_id, payload, at)
    VALUES ('message.bounced', ${account}, ${newId()}, ${payload}::jsonb, ${at})`.execute(db)
  await sql`INSERT INTO audit_entries (actor, action, subject, detail, at)
    VALUES ('p', 'alert_relay.tested', 'relay', ${payload}::jsonb, ${at})`.execute(db)
  await sql`INSERT INTO alerts VALUES (${newId()}, 'k', 'x', NULL, ${ANNA.address}, ${ANNA.address}, ${payload}::jsonb, ${at})`.execute(
    db,
  )
  await sql`INSERT INTO incidents (id, cause, cause_key, subject_name, code, detail, since, opened_at)
    VALUES (${newId()}, 'mailbox', 'k', 'Support', 'c', ${ANNA.address}, ${at}, ${at})`.execute(db)
  await sql`UPDATE email_accounts SET state_upstream = ${payload}::jsonb WHERE id = ${account}`.execute(db)
  await sql`INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
    VALUES ('p', 'Agent', 'agent@contoso.example', true, 'agent', ${at}, ${at})`.execute(db)
  await sql`INSERT INTO notifications (user_id, event_id, kind, email_account_id, conversation_id, subject, sender, at)
    VALUES ('p', 1, 'answered', ${account}, ${shared}, 'Re: Shared', 'Anna Zq7name', ${at})`.execute(db)
  await sql`INSERT INTO person_links (id, kind, token_hash, email, role, email_account_ids, created_by, created_at, expires_at)
    VALUES (${newId()}, 'invitation', 'h', ${ANNA.address}, 'agent', '{}', 'p', ${at}, ${at})`.execute(db)
  await sql`INSERT INTO canned_responses (id, created_by, folder, name, text, html, created_at, updated_at)
    VALUES (${newId()}, 'p', '', 'Ask', ${`Ask ${ANNA.address}`}, '', ${at}, ${at})`.execute(db)
}

let report: Awaited<ReturnType<typeof erasures.get>>['report']
let preview: Awaited<ReturnType<typeof erasures.preview>>

beforeAll(async () => {
  await importAll()
  await storeRecords()
  clock.advance(60_000)
  preview = await erasures.preview(PERSON)
  report = (await erasures.get(await erase(PERSON))).report
})

describe('erasure of a person', () => {
  it('leaves nothing of the person in any table, except what the report names', async () => {
    const held = await conversationOf('Held zq7')
    const rows = await rowsWith('zq7')
    const [quote, form] = [await conversationOf('Quote'), await conversationOf('Form')]
    // The longer address is of another person.
    const isOfOthers = (row: string) => !row.replaceAll('xzq7anna', '').includes('zq7')
    const ids = [held, quote, form, ...(await messageIdsOf([held, quote, form]))]
    const left = Object.entries(rows).flatMap(([table, found]) =>
      found.filter((row) => !isOfOthers(row) && !ids.some((id) => row.includes(id))).map((row) => `${table}: ${row}`),
    )
    expect(left).toEqual([
      expect.stringMatching(/^canned_responses: .*Ask zq7anna/),
      expect.stringMatching(/^notes: .*<zq7anna@fabrikam/),
    ])
    expect(report.remaining).toMatchObject({ messages: 3, notes: 1, cannedResponses: 1, conversations: 2 })
  })

  it('keeps mail of others and conversations on legal hold', async () => {
    expect(await subjects()).toEqual(['Form', 'Held zq7', 'Longer', 'Other', 'Quote', 'Re: Shared', 'Shared'])
    const shared = await db.selectFrom('conversations').selectAll().where('id', '=', await conversationOf('Shared')).executeTakeFirstOrThrow() // prettier-ignore
    expect(shared).toMatchObject({ participants: [KIM], message_count: 2 })
    expect(report.keptIds).toEqual([await conversationOf('Held zq7')])
  })

  it('deletes what the preview counted', () => {
    const mail = { conversations: 2, shared: 1, messages: 5, onLegalHold: 1, inUse: 0 }
    expect(report.accounts).toEqual({ [account]: mail })
    expect(preview).toMatchObject({ accounts: report.accounts, outbox: 0, isCut: false })
    expect(preview).toMatchObject({ customerNotes: 1, drafts: 1, suggestions: report.erased.suggestions })
  })

  it('is in the audit list and in its report without an address', async () => {
    const entries = (await audit.list({ limit: 10 })).filter(({ action }) => action.startsWith('erasure.'))
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['erasure.completed', ADMIN],
      ['erasure.started', ADMIN],
    ])
    expect(JSON.stringify([entries, await erasures.list()]).toLowerCase()).not.toContain('zq7')
  })
})

describe('start and end of an erasure', () => {
  const KILLED = { name: 'Bo', address: 'bo@fabrikam.example' }

  it('a killed erasure continues, with the same counts', async () => {
    /** Batches after which the process is killed. */
    let batchesLeft = 3
    hooks.beforeBatch = () => {
      if (batchesLeft-- <= 0) throw new Error('killed')
    }
    for (let n = 0; n < 3; n++) await deliver(`Bo ${n}`, { from: KILLED, messageId: `bo${n}@mail.example` })
    await conversations.team.hold(await conversationOf('Bo 0'), 'Case 4712', ADMIN)
    await expect(erase([KILLED.address])).rejects.toThrow('killed')
    await expect(erasures.start([WORK.address], WORK.address, ADMIN)).rejects.toMatchObject({ code: 'retention.erasure_running' }) // prettier-ignore
    for (const batches of [1, 2, 3, 5, 8, Infinity]) {
      batchesLeft = batches
      if (await retention.erase().catch(() => false)) break
      if (batches < 3) expect((await erasures.list())[0]!.failedAs).toBeDefined()
    }
    hooks.beforeBatch = () => undefined
    const [latest] = await erasures.list()
    expect(latest).toMatchObject({ endedAt: expect.any(Date) as Date, failedAs: undefined })
    const counts = { conversations: 2, shared: 0, messages: 2, onLegalHold: 1, inUse: 0 }
    expect(latest!.report.accounts).toEqual({ [account]: counts })
    expect((await subjects()).filter((subject) => subject.startsWith('Bo'))).toEqual(['Bo 0'])
    expect(Object.keys(await rowsWith('Bo 0'))).toEqual(['conversations', 'messages', 'search_queue'])
  })

  it('addresses of the team, a missing confirmation and a message in the outbox are refused', async () => {
    const code = (value: string) => expect.objectContaining({ code: `retention.${value}` }) as Error
    await expect(erasures.start([SUPPORT.address], SUPPORT.address, ADMIN)).rejects.toEqual(code('own_address'))
    await expect(erasures.preview(['agent@contoso.example'])).rejects.toEqual(code('own_address'))
    await expect(erasures.start([KIM.address], 'kim', ADMIN)).rejects.toEqual(code('erasure_not_confirmed'))
    const content = JSON.stringify({ to: [KIM], cc: [], bcc: [] })
    await sql`INSERT INTO submissions (id, email_account_id, submitted_by, idempotency_key, request_hash, message_id, content, state,
        due_at, created_at)
      VALUES (${newId()}, ${account}, 'p', 'c', '', 'c', ${content}::jsonb, 'failed', ${clock.now()}, ${clock.now()})`.execute(
      db,
    )
    await expect(erasures.start([KIM.address], KIM.address, ADMIN)).rejects.toEqual(code('mail_in_outbox'))
    expect(await subjects()).toContain('Other')
  })
})

/** Tables whose rows are deleted with a message, conversation, draft or submission, or by address. */
const DELETED_WITH_MAIL = [
  ...['conversation_message_ids', 'conversation_reads', 'conversation_mentions', 'conversation_followers'],
  ...['conversation_viewers', 'closed_conversations', 'conversation_tags', 'message_locations', 'message_sources'],
  ...['message_views', 'search_queue', 'search_entries', 'draft_attachments', 'submission_attachments'],
  ...['held_submissions', 'account_actions', 'correspondents', 'erasures', 'idempotent_requests'],
]
/** Tables with texts of the installation and the team alone: settings, states, secrets, and sign-ins of members. */
const WITHOUT_CUSTOMERS = [
  ...['migrations', 'encryption_keys', 'servers', 'backups', 'database_epochs', 'database_restores', 'epoch'],
  ...['cloud_providers', 'provider_credentials', 'work_orders', 'grants', 'access_tokens', 'application_tokens'],
  ...[
    'authorizations',
    'sign_in_links',
    'account_batches',
    'account_batch_rows',
    'connect_sessions',
    'return_urls',
    'return_url_secrets',
    'principal_wishes',
    'device_code_allowances',
    'device_sign_ins',
    'users',
  ],
  ...[
    'sessions',
    'sign_in_attempts',
    'authenticator_apps',
    'recovery_codes',
    'pending_sign_ins',
    'passkeys',
    'used_challenges',
    'sign_in_policy',
    'break_glass_admins',
    'sign_in_methods',
    'verifications',
    'memberships',
    'api_keys',
    'api_key_networks',
    'folders',
    'identities',
  ],
  ...['mail_passwords', 'proofs_of_life', 'tags', 'conversation_closings', 'sending_lanes', 'account_sync_states'],
  ...['folder_sync_states', 'unfiled_messages', 'graph_subscriptions', 'incident_email_accounts', 'webhook_endpoints'],
  ...[
    'webhook_secrets',
    'audit_forwards',
    'alert_relay',
    'notification_choices',
    'notification_settings',
    'notification_position',
  ],
  ...['canned_response_attachments', 'account_action_position', 'account_retention', 'installation_retention'],
  ...['identity_providers', 'linked_identities', 'openid_sign_ins', 'admission_requests'],
  ...['account_sizes', 'erasure_key', 'erased_addresses', 'erased_messages', 'erased_locations'],
]
const JSON_WITHOUT_CUSTOMERS = [
  ...['submissions.effect', 'email_accounts.aliases', 'email_accounts.automatic_reply'],
  ...['email_accounts.lost_folders', 'email_accounts.preflight', 'email_accounts.servers'],
]

it('every table is searched, emptied with the mail, or names no customer', async () => {
  const { rows } = await sql<{ table: string; json: string[] | null }>`
    SELECT relname AS table, (SELECT array_agg(attname::text) FROM pg_attribute
      WHERE attrelid = pg_class.oid AND atttypid = 'jsonb'::regtype AND NOT attisdropped) AS json FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`.execute(db)
  const searched = new Map<string, readonly string[]>(ERASURE_SCANS.map(({ scan }) => [scan.table, scan.columns]))
  const others = [...DELETED_WITH_MAIL, ...WITHOUT_CUSTOMERS]
  const unknown = rows.flatMap(({ table, json }) => {
    const columns = searched.get(table)
    if (!columns) return others.includes(table) ? [] : [table]
    return (json ?? []).filter((each) => !columns.includes(each)).map((each) => `${table}.${each}`)
  })
  expect(unknown.filter((each) => !JSON_WITHOUT_CUSTOMERS.includes(each))).toEqual([])
})
