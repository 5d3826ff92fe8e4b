/** The npm package, as its users get it: packed, installed in an empty folder, without this repository and a network. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signInAs } from '../foreign/sign-in.ts'
import { createPerson, overHttp } from '../test/browser.ts'
import { imapClient } from '../test/imap-world.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const REDIRECT_URI = 'http://localhost:3999/callback'
const BEN = 'ben@contoso.example'
const MOST_BYTES = 2_000_000
/** Ends a program that doesn't end by itself. */
const HANGS_MS = 50_000

/** Paths of other versions of Node, to test the package with them, too. */
const NODES = [process.execPath, ...(process.env.SANDBOX_TEST_NODES?.split(delimiter) ?? [])]

const run = promisify(execFile)
const top = mkdtempSync(join(tmpdir(), 'sandbox-package-test-'))
const folder = join(top, 'empty')
const installed = join(folder, 'node_modules/@postkey/sandbox')
// The command finds the Node of this test.
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }
let archive: string
let command: ChildProcess | undefined

beforeAll(async () => {
  await run(process.execPath, [join(CHECKOUT, 'scripts/sandbox-package.ts'), '--target', top])
  ;[archive] = globSync(join(top, '*.tgz')) as [string]
  mkdirSync(folder)
  await npm('install', '--offline', '--no-audit', '--no-fund', archive)
}, 180_000)
afterAll(() => {
  command?.kill('SIGKILL')
  rmSync(top, { recursive: true, force: true })
})

describe('the package of the sandbox', () => {
  it('has what npm would pack, and requires no other package', async () => {
    const { stdout } = await npm('pack', '--dry-run', '--json', installed)
    const [packed] = JSON.parse(stdout) as [{ name: string; files: { path: string }[]; entryCount: number }]
    const listed = (await run('tar', ['-tzf', archive])).stdout.split('\n').filter((line) => /[^/]$/.test(line))

    expect(listed.map((line) => line.replace('package/', '')).sort()).toEqual(
      packed.files.map(({ path }) => path).sort(),
    )
    expect(globSync('node_modules/*', { cwd: folder })).toEqual(['node_modules/@postkey'])
    expect(statSync(archive).size).toBeLessThan(MOST_BYTES)
    const licenses = readFileSync(join(installed, 'THIRD-PARTY-LICENSES'), 'utf8')
    for (const name of ['fastify@', 'mailparser@', 'smtp-server@', 'jose@']) expect(licenses).toContain(`\n${name}`)
    expect(licenses).not.toContain('\nimapflow@')
  })

  it('starts by its command, signs a user in by an authorization code, and shows the mailbox by Graph and IMAP', async () => {
    const controlPanel = await startCommand()
    const { addresses, imap, application } = await runJson<{
      addresses: { login: string; graph: string }
      imap: { host: string; port: number }
      application: { tenantId: string; clientId: string; clientSecret: string }
    }>(process.execPath, 'connects.js', controlPanel)

    const authorize = new URL(`${addresses.login}/${application.tenantId}/oauth2/v2.0/authorize`)
    const scope = 'openid offline_access https://graph.microsoft.com/Mail.Read'
    const state = 'a-state'
    authorize.search = new URLSearchParams({ client_id: application.clientId, response_type: 'code', redirect_uri: REDIRECT_URI, scope, state }).toString() // prettier-ignore
    const person = createPerson(overHttp(Object.values(addresses)))
    const back = await signInAs(person, authorize.href, BEN, REDIRECT_URI)
    expect(back.searchParams.get('state')).toBe(state)

    const client = { client_id: application.clientId, client_secret: application.clientSecret }
    const token = async (form: Record<string, string>) => {
      const body = new URLSearchParams({ ...client, ...form })
      const url = `${addresses.login}/${application.tenantId}/oauth2/v2.0/token`
      return (await (await fetch(url, { method: 'POST', body })).json()) as Record<string, string>
    }
    const code = back.searchParams.get('code')!
    const first = await token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI })
    const list = await fetch(`${addresses.graph}/v1.0/me/mailFolders/inbox/messages?$select=subject&$top=50`, {
      headers: { authorization: `Bearer ${first['access_token']}` },
    })
    const { value } = (await list.json()) as { value: { subject: string }[] }
    expect(value.map(({ subject }) => subject)).toContain('From outside')

    const forImap = await token({
      grant_type: 'refresh_token',
      refresh_token: first['refresh_token']!,
      scope: 'https://outlook.office.com/IMAP.AccessAsUser.All',
    })
    const session = imapClient({ port: imap.port, auth: { user: BEN, accessToken: forImap['access_token']! } })
    await session.connect()
    await session.mailboxOpen('INBOX')
    const subjects = (await session.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope?.subject)
    await session.logout()
    expect(subjects.sort()).toEqual(value.map(({ subject }) => subject).sort())

    command!.kill('SIGTERM')
    expect(await once(command!, 'close')).toEqual([0, null])
  })

  it.each(NODES)(
    'starts in a plain JavaScript test, is controlled by it, and lets the process end: %s',
    async (node) => {
      expect(await runJson(node, 'starts.js')).toEqual({
        addressesOfTwo: 8,
        administrators: ['ada@contoso.example', 'carla@fabrikam.example'],
        withoutConsent: 'AADSTS65001',
        code: true,
        moved: 3_600_000,
        throttled: [429, 200],
        met: 1,
        refused: expect.stringContaining('"name" must be') as string,
        answered: 'RE: Question',
        stopped: true,
      })
    },
  )

  it('has types that TypeScript checks', () => {
    copyFileSync(join(import.meta.dirname, 'consumer/types.ts'), join(folder, 'types.mts'))
    const options = {
      module: 'nodenext',
      target: 'es2024',
      strict: true,
      noEmit: true,
      types: [],
      skipDefaultLibCheck: true,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['types.mts'] }))
    const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc')

    const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, ''])
  })
})

/** Starts `postkey-sandbox` and returns the address of its control panel. */
async function startCommand(): Promise<string> {
  const started = spawn(join(folder, 'node_modules/.bin/postkey-sandbox'), ['--data', join(top, 'data')], { env })
  command = started
  let printed = ''
  await new Promise<void>((resolve) => {
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        if (printed.includes('Press Ctrl-C')) resolve()
      })
    }
    started.on('close', () => resolve())
  })
  const [, address] = /Start here +(\S+)/.exec(printed) ?? []
  expect(address, printed).toBeDefined()
  return address!
}

/** Runs a program in the folder of the installation, and returns the JSON that it prints. */
async function runJson<Printed>(node: string, name: string, ...words: string[]): Promise<Printed> {
  copyFileSync(join(import.meta.dirname, 'consumer', name), join(folder, name.replace('.js', '.mjs')))
  const { stdout } = await run(node, [name.replace('.js', '.mjs'), ...words], { cwd: folder, timeout: HANGS_MS })
  return JSON.parse(stdout) as Printed
}

function npm(...words: string[]) {
  return run('npm', [...words, '--cache', join(top, 'npm-cache')], { cwd: folder, env })
}
