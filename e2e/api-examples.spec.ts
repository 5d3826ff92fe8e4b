import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../mail-servers/free-port.ts'
import { createCustomer } from '../proofs/walk/outside-customer.ts'
import { SHARED, type Connected } from '../proofs/walk/connect-support.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { startOnSharedPostgres } from './postkey.ts'
import { connectedSupport } from './stage.ts'

const EXAMPLES = join(import.meta.dirname, '../docs/api/examples')
const hasPython = spawnSync('python3', ['--version']).status === 0

/** The programs of the API guide: from a key to an answer in the conversation, by webhook. */
describe('the example programs', { timeout: 120_000 }, () => {
  let postkey: StartedPostkey
  let connected: Connected
  let ports: { ts: number; py: number }

  beforeAll(async () => {
    ports = { ts: await freePort(), py: await freePort() }
    const alertHosts = Object.values(ports)
      .map((port) => `127.0.0.1:${port}`)
      .join(',')
    postkey = await startOnSharedPostgres({ alertHosts })
    connected = await connectedSupport(postkey)
  }, 120_000)

  afterAll(async () => {
    connected.ear.close()
    await postkey.stop()
    await postkey.forget()
  })

  it('answer a customer once, in TypeScript', async () => {
    await answersOnce(process.execPath, 'answer.ts', ports.ts)
  })

  const skipped = hasPython ? '' : ' (skipped: python3 is not installed)'
  it.skipIf(!hasPython)(`answer a customer once, in Python${skipped}`, async () => {
    await answersOnce('python3', 'answer.py', ports.py)
  })

  async function answersOnce(program: string, file: string, port: number): Promise<void> {
    const { client } = connected
    const wanted = { name: file, scopes: ['mail:read', 'mail:send', 'admin:write'], emailAccountIds: 'all' }
    const { id, key } = await client.call<{ id: string; key: string }>('POST', '/v1/api-keys', wanted)
    const started = spawn(program, [join(EXAMPLES, file)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        ...{ POSTKEY: postkey.address, KEY: key, MAILBOX: 'SUP' },
        ...{ HOOK: `http://127.0.0.1:${port}/hook`, PORT: String(port) },
      },
    })
    onTestFinished(() => void started.kill())
    const said = createLines(started)
    await said('ready')

    const address = `${file.replace('.', '-')}@customer.example`
    const customer = createCustomer(postkey.sandbox.controlPanel, { name: 'Grace', address, to: SHARED })
    const asked = await customer.write({ subject: `The kettle of ${file}`, text: 'It leaks. Can you help?' })
    await said('It leaks. Can you help?')
    const letter = await customer.read()

    expect(letter).toMatchObject({ subject: `Re: The kettle of ${file}`, inReplyTo: [asked] })
    expect(letter.text).toContain('Dear Grace,')
    const forged = await fetch(`http://127.0.0.1:${port}/hook`, {
      method: 'POST',
      headers: {
        'webhook-id': '1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,x',
      },
      body: '{}',
    })
    expect(forged.status).toBe(401)
    await client.call('DELETE', `/v1/api-keys/${id}`)
    expect(await customer.unread()).toBe(0)
  }
})

/** Returns a function that waits for a line with a text. */
function createLines({ stdout }: ChildProcess): (text: string) => Promise<void> {
  let all = ''
  const listeners = new Set<() => void>()
  stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    all += chunk
    for (const listener of listeners) listener()
  })
  return (text) =>
    new Promise((resolve) => {
      const look = () => {
        if (!all.includes(text)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })
}
