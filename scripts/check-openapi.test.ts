import { expect, it } from 'vitest'
import { complaintsAbout } from './check-openapi.ts'

it('complains about a description that one of the linters refuses', async () => {
  const source = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'API', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }, contact: {} },
    servers: [{ url: '/' }],
    paths: {
      '/things': {
        get: {
          operationId: 'listThings',
          summary: 'Lists things.',
          security: [],
          responses: { 200: { description: 'OK' } },
        },
      },
    },
  })
  expect(await complaintsAbout(source)).toEqual([
    expect.stringMatching(/^Spectral info-description at info: /),
    expect.stringMatching(/^Spectral operation-description at paths\/\/things\/get: /),
    expect.stringMatching(/^Spectral operation-tags at /),
    expect.stringMatching(/^Redocly operation-4xx-response at #\/paths\/~1things\/get\/responses: /),
  ])
})
