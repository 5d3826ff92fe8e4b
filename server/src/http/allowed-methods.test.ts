import { expect, it } from 'vitest'
import { createAllowedMethods } from './allowed-methods.ts'

const allowedMethods = createAllowedMethods([
  { at: 'GET /v1/tags' },
  { at: 'POST /v1/tags' },
  { at: 'DELETE /v1/tags/:id' },
  { at: 'POST /v1/tags/merge' },
])

it.each([
  ['/v1/tags?limit=1', ['GET', 'HEAD', 'POST']],
  ['/v1/tags/7', ['DELETE']],
  ['/v1/tags/merge', ['DELETE', 'POST']],
  ['/v1/tags/7/more', []],
  ['/v1/other', []],
  ['', []],
])('the methods at %s are %j', (url, methods) => {
  expect(allowedMethods(url)).toEqual(methods)
})
