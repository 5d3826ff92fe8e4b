import { expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-11-29T17:00:00Z')
const PATH = 'GET /.well-known/security.txt'

it('security.txt names the configured contact and expires within a year (RFC 9116)', async () => {
  const { ask } = await createTestApp(database, clock, { securityContact: 'mailto:security@contoso.example' })
  const { status, headers, text } = await ask(PATH)
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(text.split('\n')).toEqual([
    'Contact: mailto:security@contoso.example',
    'Expires: 2027-02-27T17:00:00.000Z',
    'Preferred-Languages: en',
    'Canonical: http://localhost:8400/.well-known/security.txt',
    '',
  ])
})

it('security.txt is missing without a contact', async () => {
  const { ask } = await createTestApp(database, clock)
  expect((await ask(PATH)).status).toBe(404)
})
