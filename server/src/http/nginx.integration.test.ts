/** The nginx configuration of docs/admin/proxies.md, run by a real nginx with TLS on a port other than 443. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase } from '../../test/kit/index.ts'
import { freePort } from '../../../mail-servers/free-port.ts'

const hasNginx = spawnSync('nginx', ['-v']).status === 0
const HOST = 'mail.example.com'
const folder = mkdtempSync(join(tmpdir(), 'postkey-nginx-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!hasNginx)(`behind nginx${hasNginx ? '' : ' (skipped: nginx is not installed)'}`, async () => {
  if (!hasNginx) return
  const [documented] = /```nginx\n([\s\S]*?)```/
    .exec(readFileSync(join(import.meta.dirname, '../../../docs/admin/proxies.md'), 'utf8'))!
    .slice(1) as [string]
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', `/CN=${HOST}`, '-days', '2']
  const keyPair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  execFileSync('openssl', ['req', '-x509', ...keyPair, '-out', certificate, ...subject], { stdio: 'ignore' })

  const [right, wrong] = [
    await startBehind(documented),
    await startBehind(documented.replace('Host $http_host;', 'Host $host;')),
  ]

  it('accepts requests without a redirect, and a sign-in by its __Host- cookie', async () => {
    const { get, person, port } = right
    expect(await get('/v1/openapi.json')).toMatchObject({ status: 200 })
    const { email } = await person('admin')
    const body = JSON.stringify({ email, password: TEST_PASSWORD })
    const origin = `https://${HOST}:${port}`
    const signedIn = await get('/v1/session', { origin, 'content-type': 'application/json' }, body)
    expect(signedIn.status).toBe(200)
    const cookies = signedIn.cookies.map((line) => line.split(';')[0])
    expect(cookies.find((cookie) => cookie!.startsWith('__Host-postkey.session_token='))).toBeDefined()
    expect(await get('/v1/session', { cookie: cookies.join('; ') })).toMatchObject({ status: 200 })
  })

  it('ends the loop of $host with the page that names $http_host', async () => {
    let cookie = ''
    for (let redirects = 0; redirects < 5; redirects++) {
      const answer = await wrong.get('/', { cookie, accept: 'text/html' })
      if (answer.status !== 308) {
        expect(answer.status).toBe(409)
        expect(answer.text).toContain('proxy_set_header Host $http_host;')
        return
      }
      cookie = answer.cookies[0]!.split(';')[0]!
    }
    expect.unreachable('still redirected')
  })
})

async function startBehind(documented: string) {
  const port = await freePort()
  const publicUrl = new URL(`https://${HOST}:${port}`)
  const { app, person } = await createTestApp(await testDatabase(), createTestClock(), {
    publicUrl,
    trustedProxies: ['loopback'],
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const upstream = (app.server.address() as AddressInfo).port
  const server = documented
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('http://localhost:8400', `http://127.0.0.1:${upstream}`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${join(folder, 'certificate.pem')};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${join(folder, 'key.pem')};`)
  const [config, home] = [join(folder, `${port}.conf`), join(folder, String(port))]
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}-${name};`,
  )
  writeFileSync(
    config,
    `daemon off; pid ${home}.pid; error_log stderr notice; events {} http { access_log off; ${temporary.join(' ')} ${server} }`,
  )
  const nginx = spawn('nginx', ['-c', config, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] })
  afterAll(async () => {
    const ended = once(nginx, 'exit')
    if (nginx.exitCode === null && nginx.kill('SIGTERM')) await ended
  })
  let said = ''
  await new Promise<void>((started, failed) => {
    nginx.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('start worker process ')) started()
    })
    nginx.once('exit', () => failed(new Error(`nginx does not start: ${said}`)))
  })

  const get = (path: string, headers: Record<string, string> = {}, body?: string) =>
    new Promise<{ status: number; text: string; cookies: string[] }>((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST'
      const to = { host: '127.0.0.1', port, path, method, rejectUnauthorized: false, agent: false as const }
      request({ ...to, headers: { host: `${HOST}:${port}`, ...headers } }, (answer) => {
        readText(answer).then(
          (text) => resolve({ status: answer.statusCode!, text, cookies: answer.headers['set-cookie'] ?? [] }),
          reject,
        )
      })
        .once('error', reject)
        .end(body)
    })
  return { get, person, port }
}
