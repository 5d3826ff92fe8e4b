import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { AUDIT_ACTIONS } from './audit/index.ts'
import { testDatabase } from '../test/kit/index.ts'
import { EVENT_KINDS } from './events/index.ts'

const { pool } = await testDatabase()
const text = readFileSync(new URL('../migrations/0059_event_kinds.sql', import.meta.url), 'utf8')
const pairsIn = (table: string): [string, string][] =>
  [...new RegExp(`UPDATE ${table} .*?\\) AS renamed`, 's').exec(text)![0].matchAll(/\('(\S+)', '(\S+)'\)/g)].map(
    ([, before, after]) => [before!, after!],
  )

it('the migration renames stored events and audit entries and keeps all others', async () => {
  const [events, actions] = [pairsIn('events'), pairsIn('audit_entries')]
  expect(events.length).toBeGreaterThan(10)
  expect(actions.length).toBeGreaterThan(20)
  const kinds = ['message.received', ...events.map(([before]) => before)]
  await pool.query(
    `INSERT INTO events (kind, subject_id, payload, at) SELECT kind, 'any', '{"a":1}', $2 FROM unnest($1::text[]) AS kind`,
    [kinds, new Date(0)],
  )
  await pool.query(
    `INSERT INTO audit_entries (actor, action, subject, detail, at)
     SELECT 'cli', action, 'any', '{"a":1}', $2 FROM unnest($1::text[]) AS action`,
    [['person.removed', ...actions.map(([before]) => before)], new Date(0)],
  )

  await pool.query(text)

  const stored = await pool.query<{ kind: string }>(`SELECT kind FROM events WHERE payload = '{"a":1}' ORDER BY id`)
  expect(stored.rows.map(({ kind }) => kind)).toEqual(['message.received', ...events.map(([, after]) => after)])
  const entries = await pool.query<{ action: string }>(
    `SELECT action FROM audit_entries WHERE detail = '{"a":1}' ORDER BY id`,
  )
  expect(entries.rows.map(({ action }) => action)).toEqual(['person.removed', ...actions.map(([, after]) => after)])
  expect(stored.rows.filter(({ kind }) => !(EVENT_KINDS as readonly string[]).includes(kind))).toEqual([])
  expect(entries.rows.filter(({ action }) => !(AUDIT_ACTIONS as readonly string[]).includes(action))).toEqual([])
})
