import { describe, expect, it } from 'vitest'
import { type ApiDocument, type ApiSchema, breakingChanges } from './breaking-changes.ts'

const json = (schema: ApiSchema) => ({ content: { 'application/json': { schema } } })
const variant = (kind: string): ApiSchema => ({
  type: 'object',
  properties: { kind: { type: 'string', enum: [kind] } },
})

const BEFORE: ApiDocument = {
  paths: {
    '/v1/tags/{id}': {
      get: {
        security: [{ apiKey: [] }, { session: [] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } },
          { name: 'state', in: 'query', schema: { type: 'string', enum: ['used', 'deleted'] } },
        ],
        responses: { '200': json({ $ref: '#/components/schemas/Tag' }) },
      },
      patch: {
        requestBody: {
          required: true,
          ...json({
            type: 'object',
            properties: { name: { type: 'string' }, color: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
            required: ['name'],
          }),
        },
        responses: { '204': {} },
      },
    },
  },
  components: {
    schemas: {
      Tag: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          parent: { $ref: '#/components/schemas/Tag' },
          counts: { type: 'object', additionalProperties: { type: 'integer' } },
          events: { type: 'array', items: { oneOf: [variant('tag.created'), variant('tag.deleted')] } },
        },
        required: ['name'],
      },
    },
  },
}

/** A document in which `find` was replaced, as JSON. */
function changed(find: string, replacement: string): ApiDocument {
  const text = JSON.stringify(BEFORE)
  expect(text).toContain(find)
  return JSON.parse(text.replace(find, replacement)) as ApiDocument
}

describe('breaking changes', () => {
  it.each([
    ['GET /v1/tags/{id}: removed', '"get":', '"put":'],
    ['GET /v1/tags/{id}: takes no API keys any more', '{"apiKey":[]},', ''],
    ['GET /v1/tags/{id}: query limit was removed', ',{"name":"limit","in":"query","schema":{"type":"integer","maximum":100}}', ''], // prettier-ignore
    ['GET /v1/tags/{id}: query limit became required', '"name":"limit",', '"name":"limit","required":true,'],
    ['GET /v1/tags/{id}: query limit: maximum 100 became 50', '"maximum":100', '"maximum":50'],
    ['GET /v1/tags/{id}: query limit: integer became string', '"type":"integer"', '"type":"string"'],
    ['GET /v1/tags/{id}: query state: the value "deleted" was removed', ',"deleted"', ''],
    ['GET /v1/tags/{id}: query page is new and required', '{"name":"state"', '{"name":"page","in":"query","required":true},{"name":"state"'], // prettier-ignore
    ['GET /v1/tags/{id}: the status 200 was removed', '"200"', '"202"'],
    ['GET /v1/tags/{id}: response.name was removed', '"Tag":{"type":"object","properties":{"name":{"type":"string"},', '"Tag":{"type":"object","properties":{'], // prettier-ignore
    ['GET /v1/tags/{id}: response.name became optional', '}}},"required":["name"]}}}', '}}}}}}'],
    [
      'GET /v1/tags/{id}: response.events[]: the variant object kind=tag.deleted was removed',
      'tag.deleted',
      'tag.gone',
    ],
    ['GET /v1/tags/{id}: response.name: string became null or string', '"Tag":{"type":"object","properties":{"name":{"type":"string"}', '"Tag":{"type":"object","properties":{"name":{"anyOf":[{"type":"string"},{"type":"null"}]}'], // prettier-ignore
    [
      'GET /v1/tags/{id}: response.counts.*: integer became string',
      '"additionalProperties":{"type":"integer"}',
      '"additionalProperties":{"type":"string"}',
    ],
    ['PATCH /v1/tags/{id}: body.color: null or string became string', ',{"type":"null"}', ''],
    ['PATCH /v1/tags/{id}: body.color became required', '"required":["name"]}}}},"responses":{"204"', '"required":["name","color"]}}}},"responses":{"204"'], // prettier-ignore
    ['PATCH /v1/tags/{id}: body.place is new and required', '"required":["name"]}}}},"responses":{"204"', '"required":["name","place"]}}}},"responses":{"204"'], // prettier-ignore
  ])('include %s', (line, find, replacement) => {
    expect(breakingChanges(BEFORE, changed(find, replacement))).toContain(line)
  })

  it.each([
    ['a new route', '"paths":{', '"paths":{"/v1/new":{},'],
    ['a new optional parameter', '{"name":"state"', '{"name":"page","in":"query"},{"name":"state"'],
    ['a higher limit', '"maximum":100', '"maximum":200'],
    ['a new value in a request', '"deleted"]', '"deleted","other"]'],
    ['a new field in a response', '"Tag":{"type":"object","properties":{', '"Tag":{"type":"object","properties":{"more":{"type":"string"},'], // prettier-ignore
    ['a number for an integer in a request', '"type":"integer"', '"type":"number"'],
    ['another spelling of the same', '{"anyOf":[{"type":"string"},{"type":"null"}]}', '{"type":["null","string"]}'],
    ['the same in parts', '{"type":"string"},"parent"', '{"allOf":[{"type":"string"}]},"parent"'],
    [
      'a new event',
      '"oneOf":[',
      '"oneOf":[{"type":"object","properties":{"kind":{"type":"string","enum":["tag.x"]}}},',
    ],
  ])('do not include %s', (_what, find, replacement) => {
    expect(breakingChanges(BEFORE, changed(find, replacement))).toEqual([])
  })
})
