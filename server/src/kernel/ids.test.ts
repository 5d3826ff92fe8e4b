import { expect, it } from 'vitest'
import { newId, toId, type GrantId } from './ids.ts'

it('makes ids that sort by when they were made', () => {
  const ids = Array.from({ length: 1000 }, () => newId<GrantId>())

  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

it('takes from outside only what is an id, in the spelling of the database', () => {
  const id = newId<GrantId>()

  expect(toId<GrantId>(id.toUpperCase())).toBe(id)
  for (const text of ['', '1', `${id}x`, ` ${id}`, '../etc/passwd', `{${id}}`]) expect(toId(text)).toBeUndefined()
})
