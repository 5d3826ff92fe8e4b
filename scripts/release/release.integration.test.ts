import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'
import { createEmptyDatabase } from '../../server/test/kit/empty-database.ts'
import { buildRelease, type Release } from './build.ts'
import { identityOf, listWebPackages, readLock } from './packages.ts'

const MOST_BYTES = 120_000_000
const COMMIT = { hash: 'a'.repeat(40), time: 1_795_000_000 }

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const top = mkdtempSync(join(tmpdir(), 'postkey-release-test-'))
const [first, second] = [join(top, 'first'), join(top, 'second')]
const unpacked = join(top, `postkey-${version}`)
const launcher = join(unpacked, 'bin/postkey')
let release: Release
let server: ChildProcess | undefined

beforeAll(async () => {
  release = await buildRelease({ commit: COMMIT, target: first, packages: 'checkout' })
  await buildRelease({ commit: COMMIT, target: second, packages: 'checkout' })
  expect(spawnSync('tar', ['-xzf', release.archive, '-C', top]).status).toBe(0)
}, 300_000)
afterAll(() => {
  server?.kill('SIGKILL')
  rmSync(top, { recursive: true, force: true })
})

describe('the files of a release', () => {
  it('have the same bytes when they are built again', () => {
    expect(readdirSync(first)).toEqual([
      'RELEASE-NOTES.md',
      'SHA256SUMS',
      `postkey-${version}.cdx.json`,
      `postkey-${version}.tar.gz`,
      `postkey-client-${version}.tgz`,
      `postkey-sandbox-${version}.tgz`,
    ])
    for (const file of readdirSync(first)) {
      expect(readFileSync(join(first, file)).equals(readFileSync(join(second, file))), file).toBe(true)
    }
  })

  it('match their checksums', () => {
    const { status, stdout } = spawnSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: first, encoding: 'utf8' })

    expect([status, stdout.match(/: OK$/gm)?.length]).toEqual([0, 5])
  })

  it('have an SBOM with the packages of the server and of the web UI, and no others', () => {
    const text = readFileSync(join(first, `postkey-${version}.cdx.json`), 'utf8')
    const { components } = JSON.parse(text) as { components: { name: string; hashes: unknown[] }[] }
    const names = components.map(({ name }) => name)

    expect(names).toEqual(expect.arrayContaining(['fastify', 'pg', 'pdfjs-dist', 'prosemirror-view']))
    for (const absent of ['vitest', 'vite', 'typescript', 'smtp-server']) expect(names).not.toContain(absent)
    expect(components.filter(({ hashes }) => hashes.length === 0)).toEqual([])
  })
})

describe('the unpacked release', () => {
  it('is small', () => {
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).map((file) =>
      statSync(join(unpacked, file)),
    )
    const bytes = files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0)

    expect(bytes).toBe(release.unpackedBytes)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })

  it('contains the packages of the server without tests and development packages', () => {
    const packages = readdirSync(join(unpacked, 'node_modules'))
    expect(readdirSync(unpacked)).toEqual(expect.arrayContaining(['.env.example', 'LICENSE', 'docs', 'server', 'web']))

    expect(packages).toEqual(expect.arrayContaining(['fastify', 'pg']))
    for (const absent of ['vitest', 'vite', 'react', 'typescript', '@postkey', '.bin']) {
      expect(packages).not.toContain(absent)
    }
    expect(globSync(`${unpacked}/server/**/*.test.ts`, { exclude: ['**/node_modules'] })).toEqual([])
  })

  it('contains every file that the server loads by its address, such as threads', () => {
    const sources = globSync('server/src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))
    const loaded = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)].map(([, path]) =>
        join(dirname(file), path!),
      ),
    )

    expect(loaded).toContain('server/src/mime/parse-thread.ts')
    expect(loaded.filter((file) => !existsSync(join(unpacked, file)))).toEqual([])
  })

  it('names every package in the web UI with its license, and has its own short guide', () => {
    const licenses = readFileSync(join(unpacked, 'THIRD-PARTY-LICENSES'), 'utf8')
    const lock = readLock('.')
    const absent = listWebPackages(lock).filter((folder) => !licenses.includes(`\n${identityOf(lock, folder)} (`))

    expect(absent).toEqual([])
    expect(licenses).toContain('Permission is hereby granted, free of charge')
    const guide = readFileSync(join(unpacked, 'README.md'), 'utf8')
    const named = [...guide.matchAll(/`((?:docs|bin)\/[\w./-]+|[A-Z-]+(?:\.md)?)[ `]/g)].map(([, file]) => file!)
    expect(named).toEqual(expect.arrayContaining(['bin/postkey', 'docs/admin/running.md', 'THIRD-PARTY-LICENSES']))
    expect(named.filter((file) => !existsSync(join(unpacked, file)))).toEqual([])
    expect(guide).not.toContain('npm ')
  })

  it('serves from its own files and an empty database, and ends with SIGTERM', async () => {
    const { url, drop } = await createEmptyDatabase('release')
    const [port, metricsPort] = [await freePort(), await freePort()]
    writeFileSync(join(top, 'database-url'), `${url}\n`)
    const address = `http://localhost:${port}`
    server = spawn(launcher, ['serve'], {
      cwd: top,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env.PATH,
        POSTKEY_NODE: process.execPath,
        DATABASE_URL_FILE: join(top, 'database-url'),
        METRICS_PORT: String(metricsPort),
        PUBLIC_URL: address,
        PORT: String(port),
        POSTKEY_KEY_FILE: join(top, 'keys/keys'),
      },
    })
    const ended = once(server, 'close')
    let said = ''
    await new Promise<void>((resolve) => {
      server!.stderr!.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (said.includes('Postkey is at')) resolve()
      })
      void ended.then(() => resolve())
    })
    expect(said).toContain(`Postkey is at ${address}`)

    const ready = await fetch(`${address}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { version }])
    const metrics = await fetch(`http://localhost:${metricsPort}/metrics`)
    expect(await metrics.text()).toContain(`postkey_info{version="${version}"} 1`)
    expect((await fetch(`${address}/metrics`)).status).toBe(401)
    const page = await fetch(address, { headers: { accept: 'text/html' } })
    const [script] = /assets\/[\w.-]+\.js/.exec(await page.text()) ?? []
    expect((await fetch(`${address}/${script ?? 'none'}`)).status).toBe(200)

    server.kill('SIGTERM')
    expect([await ended, said]).toEqual([[0, null], said])
    await drop()
  })

  it('fails with the code of a failed command when the server cannot start', () => {
    const env = { POSTKEY_NODE: process.execPath, DATABASE_URL: 'none' }

    const [code, printed, complained] = run(['serve'], env)
    expect(code).toBe(3)
    expect(JSON.parse(printed)).toMatchObject({ level: 60, code: 'config.faulty', remedy: 'admin', exitCode: 3 })
    expect(complained).toContain('DATABASE_URL must')
    expect(complained).toContain('PUBLIC_URL')
  })
})

describe('the launcher', () => {
  const tools = ['dirname', 'readlink'].map((tool) =>
    process.env.PATH!.split(delimiter).find((folder) => statSync(join(folder, tool), { throwIfNoEntry: false }))!,
  )

  it('starts through a link, with the first Node in PATH', () => {
    const link = join(top, 'postkey')
    symlinkSync(launcher, link)
    const path = [dirname(process.execPath), ...tools].join(delimiter)

    expect(run(['--version'], { PATH: path }, link)).toEqual([0, `${version}\n`, ''])
  })

  it.each([
    ['is no program', '/nonexistent/node', 'POSTKEY_NODE names /nonexistent/node, which is not a program.'],
    ['is too old', oldNode(), 'is Node 22.9.0, which is too old.'],
  ])('explains a Node that %s', (_what, node, sentence) => {
    const [code, printed, complained] = run(['--version'], { POSTKEY_NODE: node })

    expect([code, printed]).toEqual([3, ''])
    expect(complained).toContain(sentence)
    expect(complained).toContain('Set POSTKEY_NODE to the program of Node 24 or newer')
  })
})

function run(argv: string[], env: Record<string, string>, program = launcher) {
  const { status, stdout, stderr } = spawnSync(program, argv, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  return [status, stdout, stderr] as const
}

/** A program that says that it is an old Node. */
function oldNode(): string {
  const file = join(top, 'old/node')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '#!/bin/sh\necho 22.9.0\n', { mode: 0o755 })
  return file
}
