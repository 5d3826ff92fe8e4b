import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { breakComplaints } from './released-api.ts'

const ROUTE = '/v1/tags/{id}/restore'
const LINE = `POST ${ROUTE}: removed`
const SOURCE = readFileSync('docs/openapi.json', 'utf8')
const BROKEN = JSON.stringify(JSON.parse(SOURCE), (key, value: unknown) => (key === ROUTE ? undefined : value))

it('compares with the API of the last release', () => {
  expect(breakComplaints(BROKEN)).toContain(`Breaks programs of the last release: ${LINE}`)
})

it('complains about a breaking change until it is accepted, and about an accepted one that is none', () => {
  expect(breakComplaints(BROKEN, SOURCE, {})).toEqual([`Breaks programs of the last release: ${LINE}`])
  expect(breakComplaints(BROKEN, SOURCE, { [LINE]: 'Unused.' })).toEqual([])
  expect(breakComplaints(SOURCE, SOURCE, { [LINE]: 'Unused.' })).toEqual([
    `scripts/openapi/accepted-breaks.ts: is not a change: ${LINE}`,
  ])
})
