import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadClouds, listLoopbackOrigins, listLoopbackServers } from './clouds.ts'

const SANDBOX = {
  id: 'sandbox',
  name: 'Sandbox',
  authority: 'http://localhost:8410',
  graphRoot: 'http://localhost:8411',
  scopePrefixes: { graph: 'https://graph.microsoft.com/', exchange: 'https://outlook.office.com/' },
  portal: 'http://localhost:8412',
  imap: { host: 'localhost', port: 9, tls: 'none' },
  smtp: { host: 'localhost', port: 9, tls: 'none' },
  allowsHttpLoopback: true,
}

describe('the clouds file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postkey-clouds-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function load(content: unknown) {
    const file = join(folder, 'clouds.json')
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
    return loadClouds(file)
  }

  it('adds clouds to the built-in ones', async () => {
    const clouds = await load([SANDBOX])

    expect(clouds.get('sandbox')).toMatchObject({ ...SANDBOX, personalAccounts: false })
    // With a default, scripts for this cloud would change the company's real tenant.
    expect(clouds.get('sandbox').scriptNames).toBeUndefined()
    expect(clouds.list()).toHaveLength(5)
    expect(listLoopbackOrigins(clouds)).toEqual(
      new Set([
        'http://localhost:8410',
        'http://localhost:8411',
        // Host for large files: another name of this machine.
        'http://127.0.0.1:8411',
        'http://[::1]:8411',
      ]),
    )
  })

  it('declares loopback mail servers, only for clouds that are on this machine', async () => {
    const elsewhere = { host: 'imap.example', port: 993, tls: 'implicit' as const }
    const clouds = await load([
      { ...SANDBOX, smtp: { host: 'localhost', port: 2587, tls: 'none' } },
      { ...SANDBOX, id: 'other', imap: elsewhere, smtp: { ...elsewhere, host: '127.0.0.1' } },
    ])

    expect(listLoopbackServers(clouds)).toEqual(new Set(['localhost:9', 'localhost:2587', '127.0.0.1:993']))
  })

  it.each([
    ['no JSON', '{'],
    ['no list', {}],
    ['the id of another', [{ ...SANDBOX, id: 'global' }]],
    ['plain http to elsewhere', [{ ...SANDBOX, authority: 'http://login.microsoftonline.com' }]],
    ['plain http to a private network', [{ ...SANDBOX, graphRoot: 'http://10.0.0.1' }]],
    ['plain http to this machine, undeclared', [{ ...SANDBOX, allowsHttpLoopback: false }]],
    ['https to this machine, undeclared', [{ ...SANDBOX, authority: 'https://localhost', allowsHttpLoopback: false }]],
    ['a name that only looks like this machine', [{ ...SANDBOX, authority: 'http://localhost.example' }]],
    ['an address with a path', [{ ...SANDBOX, authority: 'https://login.example/x' }]],
    ['another scheme', [{ ...SANDBOX, authority: 'ftp://localhost' }]],
    [
      'a scope prefix without a slash',
      [{ ...SANDBOX, scopePrefixes: { graph: 'https://graph.x', exchange: 'https://x/' } }],
    ],
    ['mail without TLS elsewhere', [{ ...SANDBOX, imap: { host: 'imap.example', port: 143, tls: 'none' } }]],
    [
      'mail without TLS on this machine, undeclared',
      [{ ...SANDBOX, authority: 'https://x.example', graphRoot: 'https://x.example', allowsHttpLoopback: false }],
    ],
    ['a misspelled field', [{ ...SANDBOX, authorityUrl: 'x' }]],
  ])('is rejected with %s', async (_what, content) => {
    await expect(load(content)).rejects.toMatchObject({
      code: 'cloud_providers.clouds_file_invalid',
      cause: expect.any(Error) as Error,
    })
  })
})
