import { format } from 'prettier'
import { expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../test-kit/index.ts'
import { createBrowserSessions } from './browser-session.ts'
import { createOpenStreams } from './events/open-streams.ts'
import { createMetrics } from './metrics.ts'
import { partsOf } from './mount-route.ts'
import type { Route } from './route.ts'
import { routesOf } from './routes.ts'

const { app, rooms, publicUrl } = await createTestApp(await testDatabase(), createTestClock())
const routes = routesOf({
  ...rooms,
  browserSessions: createBrowserSessions(publicUrl),
  metrics: createMetrics(),
  openStreams: createOpenStreams(),
})

/** Run with `--update` to take a change over, and read the difference. */
it('tells all of the API in openapi.json', async () => {
  const document = await format(JSON.stringify(app.swagger()), { parser: 'json', printWidth: 120 })
  await expect(document).toMatchFileSnapshot('../../../docs/openapi.json')
})

it('lists all routes with who may use them', async () => {
  const rows = routes.map((route) => {
    const [method, url] = partsOf(route)
    return `| ${method} | \`${url}\` | ${callersOf(route)} | ${whoseOf(route)} | ${route.summary} |`
  })
  const text = `# Routes

Every route, who may use it, and whose mail it is about. Held by a test: a change shows up here as a difference to be
read. The API's schemas are in [openapi.json](openapi.json).

| | route | who | mailbox | what it does |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
  await expect(await format(text, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' })).toMatchFileSnapshot(
    '../../../docs/routes.md',
  )
})

it('asks whose mail it is about wherever members may name a thing by its id', () => {
  const open = routes.filter(
    ({ permit, at, validate, whose }) =>
      permit.who === 'members' && !whose && (at.includes(':') || /Id\b/.test(JSON.stringify(validate.body ?? ''))),
  )
  expect(open.map(({ at }) => at)).toEqual([])
})

it('takes no request of unlimited size, and no body that no schema looks at', () => {
  for (const { at, validate } of routes) {
    if (/^(?:PUT|PATCH)/.test(at)) expect(validate.body, at).toBeDefined()
  }
  expect(app.initialConfig.bodyLimit).toBeLessThanOrEqual(1024 * 1024)
})

function callersOf({ authenticate, permit }: Route): string {
  if (permit.who === 'anybody') return 'public'
  return `${permit.who}${authenticate === 'person-or-key' ? `, keys with \`${permit.scope}\`` : ''}`
}

function whoseOf({ permit, whose }: Route): string {
  if (permit.who !== 'members') return ''
  return whose ? 'the one it names' : 'those the caller may see'
}
