/** The audit list through the API: filters, search and exports. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import type { AuditEntry, AuditRecord } from '../../audit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { app, rooms, person, ask, publicUrl } = await createTestApp(database, clock)
const admin = await person('admin')
const agent = await person('agent')
const { id: emailAccountId } = await storeEmailAccount(database, clock, { address: 'support@contoso.example' })
const { audit } = rooms.people
const DAY_MS = 24 * 60 * 60 * 1000
const MARCH = new Date('2026-03-01T00:00:00Z')

type Listed = AuditEntry & { actorName?: string }
type Page = { entries: Listed[]; next?: number }

const record = (...records: AuditRecord[]) => audit.record(database.db, ...records)
const by = (
  actor: string,
  action: 'email_account.paused' | 'email_account.resumed',
  subject: string = emailAccountId,
) => ({ actor, action, subject }) as const
const tagged = (name: string) =>
  ({ actor: 'cli', action: 'tag.deleted', subject: 'tag', detail: { name } }) satisfies AuditRecord

async function list(query: string): Promise<Page> {
  const { status, body } = await ask(`GET /v1/audit?${query}`, { as: admin })
  expect(status).toBe(200)
  return body as Page
}
const actionsOf = async (query: string) => (await list(query)).entries.map(({ action }) => action)

beforeAll(async () => {
  await database.pool.query('DELETE FROM audit_entries')
  await database.pool.query(`UPDATE users SET name = '=1+1' WHERE id = $1`, [agent.id])
  clock.set(MARCH)
  await record(by(`person:${agent.id}`, 'email_account.paused'))
  clock.advance(DAY_MS)
  await record(by('postkey', 'email_account.resumed'), tagged('Grüße, "quoted"\n@SUM(1)'))
})

describe('the audit list', () => {
  it.each([
    ['an actor', () => `actor=person:${agent.id}`, ['email_account.paused']],
    ['several actions', () => 'action=tag.deleted,email_account.paused', ['tag.deleted', 'email_account.paused']],
    ['an object', () => `subject=${emailAccountId}`, ['email_account.resumed', 'email_account.paused']],
    ['a time after', () => 'since=2026-03-02T00:00:00Z', ['tag.deleted', 'email_account.resumed']],
    ['a time before', () => 'until=2026-03-02T00:00:00Z', ['email_account.paused']],
    ['all together', () => `until=2026-03-03T00:00:00Z&action=tag.deleted&actor=cli&search=quoted`, ['tag.deleted']],
    ['the detail', () => `search=${encodeURIComponent('grüße SUM(')}`, ['tag.deleted']],
    ['a name of a person', () => `search=${encodeURIComponent('=1+1')}`, ['email_account.paused']],
    ['a name and an action', () => 'search=SUPPORT@contoso%20resumed', ['email_account.resumed']],
    ['a name that none has', () => 'search=support@contoso%20nothing', []],
  ])('is filtered by %s', async (_kind, query, actions) => {
    expect(await actionsOf(query())).toEqual(actions)
  })

  it.each([
    ['action=tag.painted', 'query.action'],
    ['since=yesterday', 'query.since'],
    ['search=a%0Ab', 'query.search'],
  ])('refuses the filter %s and names it', async (query, field) => {
    const { status, body } = await ask(`GET /v1/audit?${query}`, { as: admin })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain(field)
  })
})

describe('an export', () => {
  it('as CSV has no cell that a spreadsheet runs, and the values as they are otherwise', async () => {
    const { status, headers, text } = await ask('GET /v1/audit.csv?until=2026-03-03T00:00:00Z', { as: admin })
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(headers['content-disposition']).toMatch(/^attachment; filename.*audit-2026-03-02\.csv/)
    expect(text.startsWith('id,at,actor,actorName,action,subject,subjectName,detail\r\n')).toBe(true)
    expect(text).toContain(`,person:${agent.id},'=1+1,email_account.paused,${emailAccountId},,{}\r\n`)
    expect(text).toContain(',"{""name"":""Grüße, \\""quoted\\""\\n@SUM(1)""}"\r\n')
    expect(text).not.toMatch(/(?:^|[,"])[=@+-](?=\w)/m)
  })

  it('as CSV begins with a byte order mark, without which Excel takes UTF-8 for another charset', async () => {
    const { rawPayload } = await app.inject({
      url: '/v1/audit.csv',
      headers: { cookie: admin.cookie, host: publicUrl.host },
    })
    expect(rawPayload.subarray(0, 5).toString('hex')).toBe('efbbbf6964')
  })

  it('as JSON has exactly the entries of the list, each once, over several pages', async () => {
    const records = Array.from({ length: 1100 }, (_, number) => tagged(`Tag ${number}`))
    await record(...records)
    const { text } = await ask('GET /v1/audit.json?action=tag.deleted', { as: admin })
    const exported = JSON.parse(text) as Listed[]
    expect(exported.map(({ detail }) => detail['name'])).toEqual([
      ...records.map(({ detail }) => detail.name).toReversed(),
      'Grüße, "quoted"\n@SUM(1)',
    ])
    expect(exported.slice(0, 200)).toEqual((await list('action=tag.deleted&limit=200')).entries)
    expect(JSON.parse((await ask('GET /v1/audit.json?search=nowhere', { as: admin })).text)).toEqual([])
  })

  it('is an entry itself, with its person, its number of entries and its filter', async () => {
    await ask('GET /v1/audit.csv?action=email_account.paused&search=paused', { as: admin })
    const [entry] = (await list('action=audit.exported&limit=1')).entries
    expect(entry).toMatchObject({
      actor: `person:${admin.id}`,
      detail: { format: 'csv', count: 1, filter: { action: ['email_account.paused'], search: 'paused' } },
    })
  })

  it('is not sent if it cannot be recorded', async () => {
    await database.pool.query(
      `ALTER TABLE audit_entries ADD CONSTRAINT closed CHECK (action <> 'audit.exported') NOT VALID`,
    )
    const { status, text } = await ask('GET /v1/audit.csv', { as: admin })
    await database.pool.query('ALTER TABLE audit_entries DROP CONSTRAINT closed')
    expect(status).toBe(500)
    expect(text).not.toContain('email_account.paused')
  })
})

it('a search reads a bounded number of entries per page, and finds old ones by the next pages', async () => {
  await database.pool.query(`INSERT INTO audit_entries (actor, action, subject, detail, at)
    SELECT 'postkey', 'email_account.paused', 'other', '{}', now() FROM generate_series(1, 20000)`)
  const first = await list('search=quoted')
  expect(first.entries).toEqual([])
  expect(first.next).toBeGreaterThan(0)
  const second = await list(`search=quoted&before=${first.next!}`)
  expect(second.entries).toHaveLength(1)
  expect(second.next).toBeUndefined()
  expect(await audit.count({ words: [{ text: 'quoted', ids: [] }] })).toBe(1)
})
