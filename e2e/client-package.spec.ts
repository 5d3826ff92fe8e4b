import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../mail-servers/free-port.ts'
import { type Connected, SHARED } from '../proofs/walk/connect-support.ts'
import { createCustomer } from '../proofs/walk/outside-customer.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { connectedSupport } from './stage.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const MOST_BYTES = 100_000
/** Ends a program that doesn't end by itself. */
const HANGS_MS = 60_000
/** Paths of other versions of Node, to test the package with them, too. */
const NODES = [process.execPath, ...(process.env.CLIENT_TEST_NODES?.split(delimiter) ?? [])]

const run = promisify(execFile)

/** The npm package, as its users get it: packed, installed in an empty folder, and used with a running Postkey. */
describe('the package of the client', { timeout: 240_000 }, () => {
  const top = mkdtempSync(join(tmpdir(), 'client-package-test-'))
  const folder = join(top, 'empty')
  let archive: string
  let postkey: StartedPostkey
  let connected: Connected
  let port: number

  beforeAll(async () => {
    port = await freePort()
    const started = startOnSharedPostgres({ alertHosts: `127.0.0.1:${port}` })
    await run(process.execPath, [join(CHECKOUT, 'scripts/client-package.ts'), '--target', top])
    ;[archive] = globSync(join(top, '*.tgz')) as [string]
    mkdirSync(folder)
    await npm('install', '--offline', '--no-audit', '--no-fund', archive)
    copyFileSync(join(CHECKOUT, 'client/consumer/program.ts'), join(folder, 'program.mts'))
    writeFileSync(join(folder, 'quick-start.mts'), quickStart())
    postkey = await started
    connected = await connectedSupport(postkey)
  }, 240_000)

  afterAll(async () => {
    rmSync(top, { recursive: true, force: true })
    connected.ear.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('has what npm would pack, and requires no other package', async () => {
    const { stdout } = await npm('pack', '--dry-run', '--json', join(folder, 'node_modules/@postkey/client'))
    const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }]
    const listed = (await run('tar', ['-tzf', archive])).stdout.split('\n').filter((line) => /[^/]$/.test(line))

    expect(listed.map((line) => line.replace('package/', '')).sort()).toEqual(
      packed.files.map(({ path }) => path).sort(),
    )
    expect(globSync('node_modules/*', { cwd: folder })).toEqual(['node_modules/@postkey'])
    expect(statSync(archive).size).toBeLessThan(MOST_BYTES)
  })

  it.each(['nodenext', 'esnext'])(
    'has types that TypeScript checks strictly, also those of %s modules',
    async (module) => {
      const compilerOptions = {
        ...{ module, moduleResolution: module === 'esnext' ? 'bundler' : module, target: 'es2022', strict: true },
        ...{ exactOptionalPropertyTypes: true, skipDefaultLibCheck: true, types: ['node'] },
        typeRoots: [join(CHECKOUT, 'node_modules/@types')],
      }
      const files = ['program.mts', 'quick-start.mts']
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))

      const tsc = run(process.execPath, [join(CHECKOUT, 'node_modules/typescript/bin/tsc'), '--project', folder])
      expect(await tsc.catch((error: unknown) => error)).toMatchObject({ stdout: '' })
    },
  )

  it.each(NODES)('reads lists, a file and events, and verifies webhooks with two secrets: %s', async (node) => {
    const FILE = 'kettle.txt'
    const url = `${postkey.sandbox.controlPanel}/api/outside/messages`
    const attachments = [{ name: FILE, contentType: 'text/plain', contentBytes: btoa('kettle') }]
    const letter = { from: 'kim@customer.example', to: SHARED, subject: `A file ${node}`, text: 'See', attachments }
    const headers = { 'content-type': 'application/json' }
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(letter) })
    await connected.ear.next('the file', ({ kind }) => kind === 'message.received')

    const env = { ...(await environment()), HOOK: `http://127.0.0.1:${port}/hook`, PORT: String(port), FILE }
    const { stdout } = await run(node, [join(folder, 'program.mjs')], { cwd: folder, env, timeout: HANGS_MS })

    expect(JSON.parse(stdout)).toEqual({
      kinds: ['message.received'],
      answered: true,
      verified: [
        ['submission.sent', 'signature'],
        ['submission.sent', 'submission.sent'],
      ],
      forged: 'signature',
      sameLists: true,
      file: [true, 'text/plain', 'kettle'],
      events: true,
      refusal: { code: 'http.not_found', status: 404, remedy: 'admin' },
      requestId: true,
      unused: 4,
    })
  })

  it.each(NODES)('runs the quick start of its README: %s', async (node) => {
    const started = spawn(node, [join(folder, 'quick-start.mjs')], { env: await environment() })
    onTestFinished(() => void started.kill())
    const printed = createOutput(started)
    await printed('Waiting for messages')

    const address = `grace-${NODES.indexOf(node)}@customer.example`
    const customer = createCustomer(postkey.sandbox.controlPanel, { name: 'Grace', address, to: SHARED })
    const asked = await customer.write({ subject: 'The kettle', text: 'It leaks.' })

    await printed(`${address} wrote: It leaks.`)
    const answer = await customer.read()
    expect(answer).toMatchObject({ subject: 'Re: The kettle', inReplyTo: [asked] })
    expect(answer.text).toContain('We are on it.')
  })

  async function environment(): Promise<NodeJS.ProcessEnv> {
    const wanted = { name: 'Client', scopes: ['mail:read', 'mail:send', 'admin:write'], emailAccountIds: 'all' }
    const { key } = await connected.client.call<{ key: string }>('POST', '/v1/api-keys', wanted)
    return { PATH: process.env.PATH, POSTKEY: postkey.address, KEY: key, MAILBOX: connected.accountId }
  }

  function npm(...words: string[]) {
    return run('npm', [...words, '--cache', join(top, 'npm-cache')], { cwd: folder })
  }
})

function quickStart(): string {
  const [, program] = /```ts\n([^]*?)```/.exec(readFileSync(join(CHECKOUT, 'client/README.md'), 'utf8'))!
  return program!
}

/** Returns a function that waits for a text in the output, and fails with it when the program ends. */
function createOutput({ stdout, stderr }: ChildProcess): (text: string) => Promise<void> {
  let all = ''
  for (const stream of [stdout!, stderr!]) stream.setEncoding('utf8').on('data', (chunk: string) => (all += chunk))
  return (text) => expect.poll(() => all).toContain(text)
}
