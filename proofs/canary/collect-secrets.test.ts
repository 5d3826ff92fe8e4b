import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { collectSecrets, SHOWN_ONCE } from './collect-secrets.ts'

const HTTP = join(import.meta.dirname, '../../server/src/http')

it('knows each route whose response reveals a secret', () => {
  const revealing = globSync('**/*.ts', { cwd: HTTP })
    .filter((file) => !file.includes('.test.'))
    .map((file) => readFileSync(join(HTTP, file), 'utf8'))
    .filter((text) => /\.reveal\(\)|\bshowOnce\(/.test(text))
    .flatMap((text) => /\bat: '([A-Z]+ [^']+)'/.exec(text)?.[1] ?? [])

  expect(revealing.toSorted()).toEqual(Object.keys(SHOWN_ONCE).toSorted())
})

it('allows a secret that is shown once only in the response that shows it', () => {
  const route = 'POST /v1/alert-webhooks'
  const exchange = {
    program: 'postkey' as const,
    at: 0,
    port: 0,
    method: 'POST',
    url: '/v1/alert-webhooks',
    requestHeaders: [],
    requestBody: '{}',
    status: 201,
    responseHead: '',
    responseBody: JSON.stringify({ id: 'w', secret: 'a-secret-of-a-webhook' }),
  }

  expect(collectSecrets([exchange])).toEqual([
    { name: `secret of ${route}`, value: 'a-secret-of-a-webhook', mayBeIn: [`answer to ${route}`] },
  ])
})
