/** Runs the examples of docs/api in order: each `sh` block against a server, compared with the block that follows it. */
import { execFile, spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { API_KEY_SCOPES } from '../people/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'
import { freePort } from '../../../mail-servers/free-port.ts'

const GUIDE = join(import.meta.dirname, '../../../docs/api')
/** The page of the TypeScript client has no commands; `e2e/client-package.spec.ts` runs its package. */
const pages = globSync('*.md', { cwd: GUIDE })
  .filter((page) => page !== 'client.md')
  .sort()

interface Example {
  command: string
  answer: string
  language: string
}

describe('the examples of the API guide', () => {
  it('are on every page', () => {
    expect(pages.flatMap((page) => examplesOf(page)).length).toBeGreaterThan(12)
    expect(pages.filter((page) => examplesOf(page).length === 0)).toEqual([])
  })

  it.each(pages)('get the answers shown: %s', async (page) => {
    const env = await startServer()

    for (const { command, answer, language } of examplesOf(page)) {
      const output = await (command.includes(' -N ') ? firstEvents(command, env) : run(command, env))
      if (language === 'json') {
        const body = JSON.parse(output) as unknown
        expect(difference(JSON.parse(answer), body), command).toEqual([])
        remember(body, env)
      } else {
        // The first event may precede the first ping.
        for (const part of answer.trim().split('\n\n')) expect(output, command).toMatch(patternOf(part))
      }
    }
  })

  it('fail where an answer differs', () => {
    const actual = { status: 409, list: [{ name: 'a' }], at: '2026-03-01T09:00:00Z' }

    expect(difference({ status: 409, list: [{ name: '…' }], at: '2020-01-01T00:00:00Z' }, actual)).toEqual([])
    expect(difference({ status: 400, list: [{ named: 'a' }] }, actual)).toEqual([
      '.status: 400, not 409',
      '.list.0.named: "a", not undefined',
    ])
  })
})

function examplesOf(page: string): Example[] {
  const blocks = [...readFileSync(join(GUIDE, page), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
    ([, language, text]) => ({ language: language!, text: text! }),
  )
  return blocks.flatMap(({ language, text }, at) => {
    if (language !== 'sh') return []
    const next = blocks[at + 1]
    if (!next || next.language === 'sh') throw new TypeError(`An example of ${page} has no answer: ${text}`)
    return [{ command: text, answer: next.text, language: next.language }]
  })
}

/** A server that listens, with one mailbox of three conversations; the variables that the guide names. */
async function startServer(): Promise<NodeJS.ProcessEnv> {
  const database = await testDatabase()
  const clock = createTestClock('2026-03-01T09:00:00Z')
  const publicUrl = new URL(`http://localhost:${await freePort()}`)
  const { app, rooms, person } = await createTestApp(database, clock, { publicUrl })
  const { id } = await storeEmailAccount(database, clock, {
    address: 'support@contoso.example',
    folders: [{ role: 'inbox', synced: true }],
  })
  const account = await rooms.emailAccounts.get(id)
  await database.db.updateTable('email_accounts').set({ key: 'HELP', name: 'Support' }).where('id', '=', id).execute()
  for (const n of [1, 2, 3]) {
    await database.transaction((tx) => rooms.conversations.filing.file(tx, account, customerMessage(clock, n)))
    clock.advance(1000)
  }
  const [conversation] = (await rooms.conversations.reading.list({ emailAccountIds: 'all', view: 'open', limit: 1 }))
    .conversations
  await eventsVisible(rooms.events, database)
  const admin = await person('admin')
  const key = await rooms.people.apiKeys.create(
    { name: 'Guide', scopes: API_KEY_SCOPES, emailAccountIds: 'all' },
    admin.id,
  )
  await rooms.returnUrls.add({ url: 'https://shop.example/connected', match: 'exact' }, 'test')
  await app.listen({ host: 'localhost', port: Number(publicUrl.port) })
  return {
    PATH: process.env['PATH'],
    POSTKEY: publicUrl.origin,
    KEY: key.key.reveal(),
    MAILBOX: id,
    CONVERSATION: conversation!.id,
    PROVIDER: account.cloudProviderId,
  }
}

/** Readers see an event once no older transaction of the cluster runs, those of other tests included. */
async function eventsVisible(
  events: Awaited<ReturnType<typeof createTestApp>>['rooms']['events'],
  { db }: Awaited<ReturnType<typeof testDatabase>>,
): Promise<void> {
  const stored = await db.selectFrom('events').select('id').execute()
  const all = Promise.withResolvers<undefined>()
  let seen = 0
  const stop = await events.subscribe({ emailAccountIds: 'all', after: 0 }, () => {
    seen += 1
    if (seen === stored.length) all.resolve(undefined)
  })
  await all.promise
  await stop()
}

async function run(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-euc', command], { env, timeout: 20_000 })
  return stdout
}

/** Output of a stream until it has the first ping and the first stored event. */
async function firstEvents(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('bash', ['-euc', `exec ${command}`], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  let output = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += String(chunk)
    if (/^event: ping\n.*\n\n/m.test(output) && /^id: .*\ndata: .*\n\n/m.test(output)) break
  }
  child.kill()
  return output
}

/** Later examples of a page use what an earlier one answered. */
function remember(body: unknown, env: NodeJS.ProcessEnv): void {
  const { id, content, next, displayName } = body as {
    id?: string
    content?: unknown
    next?: string | number
    displayName?: string
  }
  if (content !== undefined) env['SUBMISSION'] = id
  if (displayName !== undefined) env['SESSION'] = id
  env['NEXT'] = next === undefined ? undefined : String(next)
}

/** Lists fields of `shown` that `actual` lacks. `…` and times match any text, numeric ids any number. */
function difference(shown: unknown, actual: unknown, path = ''): string[] {
  if (typeof shown === 'string' && (shown.includes('…') || /^\d{4}-\d\d-\d\dT/.test(shown))) {
    return typeof actual === 'string' ? [] : [`${path}: text, not ${JSON.stringify(actual)}`]
  }
  if (/\.(?:id|next)$/.test(path) && typeof shown === 'number' && typeof actual === 'number') return []
  if (typeof shown === 'object' && shown !== null) {
    return Object.entries(shown).flatMap(([key, value]) =>
      difference(value, (actual as Record<string, unknown> | undefined)?.[key], `${path}.${key}`),
    )
  }
  return shown === actual ? [] : [`${path}: ${JSON.stringify(shown)}, not ${JSON.stringify(actual)}`]
}

function patternOf(shown: string): RegExp {
  const parts = shown
    .trim()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+?')}`, 'm')
}
