import { expect, it } from 'vitest'
import { findObstacles } from './send-obstacles.ts'

const LIMITS = { messageBytes: 3000, attachmentBytes: 2000, bodyBytes: 500, attachments: 3, recipients: 2 }
const KIM = { name: 'Kim', address: 'kim@a.example' }
const WRITING = { to: [KIM], cc: [], bcc: [], subject: 'Offer', format: 'text' as const, own: 'Hello', quotes: false }
const FILE = { key: 'a', name: 'a.pdf', sizeBytes: 10, state: 'attached' as const }

it('a complete message can be sent, also without a subject and before the limits are known', () => {
  expect(findObstacles(WRITING, [FILE], LIMITS)).toEqual({})
  expect(findObstacles({ ...WRITING, subject: '', own: 'x'.repeat(600) }, [], undefined)).toEqual({})
  expect(findObstacles({ ...WRITING, to: [], bcc: [KIM] }, [], LIMITS)).toEqual({})
})

it.each([
  ['no recipient', { to: [] }, [], 'to'],
  ['a recipient that is no address', { cc: [{ name: '', address: 'lee' }] }, [], 'cc'],
  ['more recipients than go at once', { bcc: [KIM, KIM] }, [], 'to'],
  ['a subject that is too long', { subject: 'x'.repeat(999) }, [], 'subject'],
  ['a text that is too long', { own: 'ä'.repeat(300) }, [], 'text'],
  ['a file that is still on its way', {}, [{ ...FILE, state: 'uploading' as const }], 'attachments'],
  ['a file that was refused', {}, [{ ...FILE, state: 'refused' as const }], 'attachments'],
  [
    'files that are too large together',
    {},
    [
      { ...FILE, sizeBytes: 1500 },
      { ...FILE, sizeBytes: 1498 },
    ],
    'attachments',
  ],
])('%s prevents sending, at its field', (_what, change, files, field) => {
  expect(Object.keys(findObstacles({ ...WRITING, ...change }, files, LIMITS))).toEqual([field])
})

it('a refused file is named, and a running upload is awaited', () => {
  const refused = { ...FILE, state: 'refused' as const }

  expect(findObstacles(WRITING, [refused], LIMITS).attachments).toContain('a.pdf isn’t attached')
  expect(findObstacles(WRITING, [{ ...FILE, state: 'waiting' }], LIMITS).attachments).toContain('Wait')
})
