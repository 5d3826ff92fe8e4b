import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { apiNames, bannedApiNames } from './api-names.ts'

const document: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8'))

it('finds no banned term in the names of the API', () => {
  expect(apiNames(document).length).toBeGreaterThan(1000)
  expect(bannedApiNames(document)).toEqual([])
})

it('finds a banned term in a path, a field, a parameter, an operation id, a schema name and an enum value', () => {
  const offender = {
    paths: {
      '/v1/email-accounts/{id}/stand-by': {
        get: { operationId: 'getStandBy', parameters: [{ in: 'path', name: 'wishId' }] },
      },
    },
    components: {
      schemas: {
        RoadReason: {
          properties: {
            toldByMail: { type: 'boolean' },
            what: { enum: ['end-dates', 'tenant'] },
            fence: { const: 'weather' },
          },
        },
      },
    },
  }
  expect(bannedApiNames(offender).map((line) => line.split(':')[0])).toEqual([
    '/v1/email-accounts/{id}/stand-by',
    '/v1/email-accounts/{id}/stand-by.getStandBy',
    '/v1/email-accounts/{id}/stand-by.wishId',
    'RoadReason',
    'RoadReason.toldByMail',
    'RoadReason.what.end-dates',
    'RoadReason.fence',
    'RoadReason.fence.weather',
  ])
})
