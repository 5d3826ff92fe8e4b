/** The command as a container runs it: for other programs, by names of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { anyFreePort } from './ports.ts'

/** On the loopback interface, and no address of `localhost`: stands for another machine. */
const OTHER_ADDRESS = '127.0.0.2'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-listen-'))
let running: ChildProcess | undefined
afterEach(() => {
  running?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe('a sandbox that listens on all interfaces', () => {
  it('is reached by its names only, names itself in all addresses, and ends while clients wait', async () => {
    const first = await anyFreePort()
    const printed = await start('--listen', 'all', '--host', 'sandbox', '--host', 'uploads', '--port', String(first))
    const [login, controlPanel, imap, smtp] = [first, first + 3, first + 4, first + 5]

    expect(printed).toContain('Every program that reaches it can read all passwords')
    const at = (name: string) => `${name}:${controlPanel}`
    expect(await ask(controlPanel, '/api/addresses', at('sandbox'))).toEqual({
      status: 200,
      body: {
        login: `http://sandbox:${login}`,
        graph: `http://sandbox:${first + 1}`,
        portal: `http://sandbox:${first + 2}`,
        controlPanel: `http://sandbox:${controlPanel}`,
        imap: { host: 'sandbox', port: imap },
        smtp: { host: 'sandbox', port: smtp },
      },
    })
    expect((await ask(controlPanel, '/api/people', at('uploads'))).status).toBe(200)
    expect((await ask(controlPanel, '/api/people', at('localhost'))).status).toBe(200)
    expect((await ask(controlPanel, '/api/people', at(OTHER_ADDRESS))).status).toBe(421)
    expect((await ask(controlPanel, '/api/people', at('rebound.example'))).status).toBe(421)
    const discovery = await ask(login, '/common/v2.0/.well-known/openid-configuration', `sandbox:${login}`)
    expect(discovery.body['token_endpoint']).toBe(`http://sandbox:${login}/common/oauth2/v2.0/token`)
    expect(await greeting(imap)).toMatch(/^\* OK /)
    expect(await greeting(smtp)).toMatch(/^220 /)

    const waiting = ask(controlPanel, '/api/outside/messages?after=0&waitMs=30000', at('sandbox'))
    const session = connect({ host: OTHER_ADDRESS, port: imap })
    await once(session, 'data')
    running!.kill('SIGTERM')
    expect(await once(running!, 'close')).toEqual([0, null])
    expect((await waiting).status).toBe(200)
  })

  it('is not the default', async () => {
    const first = await anyFreePort()
    const printed = await start('--port', String(first))

    expect(printed).not.toContain('all network interfaces')
    for (const port of [first, first + 3, first + 4, first + 5]) {
      const socket = connect({ host: OTHER_ADDRESS, port })
      await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })
})

async function start(...words: string[]): Promise<string> {
  const main = join(import.meta.dirname, 'main.ts')
  const started = spawn(process.execPath, [main, '--data', folder, ...words])
  running = started
  let printed = ''
  const ready = Promise.withResolvers<undefined>()
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes('Press Ctrl-C')) ready.resolve(undefined)
    })
  }
  started.on('close', () => ready.reject(new Error(printed)))
  await ready.promise
  return printed
}

async function ask(port: number, path: string, host: string) {
  const asked = request({ host: OTHER_ADDRESS, port, path, headers: { host }, agent: false }).end()
  const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
  return { status: response.statusCode, body: (await json(response)) as Record<string, unknown> }
}

async function greeting(port: number): Promise<string> {
  const socket = connect({ host: OTHER_ADDRESS, port })
  const [line] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return line.toString()
}
