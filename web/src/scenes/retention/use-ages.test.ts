import { expect, it } from 'vitest'
import { editedAges } from './use-ages.ts'

const kinds = ['events', 'audit'] as const

it('a retention deletes more with an earlier age only, the default included', () => {
  const deletesMore = (stored: object, edits: object) =>
    editedAges({ kinds, stored, edits, defaults: { events: 90 } }).deletesMore
  expect(deletesMore({}, { audit: 365 })).toBe(true)
  expect(deletesMore({ audit: 365 }, { audit: 730 })).toBe(false)
  expect(deletesMore({ audit: 365 }, { audit: undefined })).toBe(false)
  expect(deletesMore({}, { events: 365 })).toBe(false)
  expect(deletesMore({ events: 365 }, { events: undefined })).toBe(true)
})

it('ages are changed by edits only, also after another admin has saved', () => {
  const edits = { audit: 30 }
  const form = editedAges({ kinds, stored: { events: 180, audit: 365 }, edits })
  expect(form).toMatchObject({ isChanged: true, query: { events: 180, audit: 30 }, body: { events: 180, audit: 30 } })
  expect(editedAges({ kinds, stored: { audit: 30 }, edits })).toMatchObject({ isChanged: false, query: { audit: 30 } })
  expect(editedAges({ kinds, stored: { events: 180 }, edits: { events: undefined } })).toMatchObject({
    isChanged: true,
    query: {},
    body: { events: null, audit: null },
  })
})
