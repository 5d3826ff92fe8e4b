import { expect, it } from 'vitest'
import { newId, toId, type GrantId } from './ids.ts'

it('new ids sort by creation time', () => {
  const ids = Array.from({ length: 1000 }, () => newId<GrantId>())

  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

it("outside text is accepted as an id only in the database's spelling", () => {
  const id = newId<GrantId>()

  expect(toId<GrantId>(id.toUpperCase())).toBe(id)
  for (const text of ['', '1', `${id}x`, ` ${id}`, '../etc/passwd', `{${id}}`]) expect(toId(text)).toBeUndefined()
})
