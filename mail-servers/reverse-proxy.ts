/** Runs the files of deploy/proxy in a real nginx or Caddy, on loopback addresses of this machine. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findInstalled } from './installed.ts'

export const PROXY_NAME = 'mail.example.com'

export type ProxyName = 'nginx' | 'caddy'

export interface ProxyPlace {
  /** Folder for files of this proxy alone. */
  folder: string
  /** Without it, `port` speaks HTTP, for any name. */
  tls?: { certificate: string; key: string }
  /** Loopback address and port of the proxy. */
  host: string
  port: number
  /** Port for the redirect from plain HTTP; without it, there is no redirect. */
  plainPort?: number | undefined
  /** `host:port` of each Postkey; more than one uses the lines for several servers. */
  upstreams: readonly string[]
}

export const deployedFile = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../deploy/proxy', name), 'utf8')

export function createCertificate(folder: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const keyPair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  const names = ['-subj', `/CN=${PROXY_NAME}`, '-addext', `subjectAltName=DNS:${PROXY_NAME}`]
  execFileSync('openssl', ['req', '-x509', ...keyPair, '-out', certificate, ...names, '-days', '2'], {
    stdio: 'ignore',
  })
  return { certificate, key }
}

/** @param http  directives that surround the server block in nginx.conf */
export async function startNginx(
  place: ProxyPlace,
  text = deployedFile('nginx.conf'),
  http = '',
): Promise<ChildProcess> {
  const { folder, tls, host, port, plainPort, upstreams } = place
  const configured = replaceAll(text, [
    [/^ *listen \[::\].*\n/gm, ''],
    [/listen 443 ssl;/, `listen ${host}:${port}${tls ? ' ssl' : ' default_server'};`],
    ...(plainPort === undefined
      ? ([[/^server \{\s+listen 80;[^}]*\}/m, '']] as const)
      : ([
          [/listen 80;/, `listen ${host}:${plainPort};`],
          [/https:\/\/mail\.example\.com\$/, `https://${PROXY_NAME}:${port}$`],
        ] as const)),
    [/ssl_certificate .*;/, tls ? `ssl_certificate ${tls.certificate};` : ''],
    [/ssl_certificate_key .*;/, tls ? `ssl_certificate_key ${tls.key};` : ''],
    [/127\.0\.0\.1:8400/, upstreams[0]!],
    ...(upstreams[1] === undefined ? [] : ([[/# (server )10\.0\.0\.12:8400/, `$1${upstreams[1]}`]] as const)),
  ])
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; user root; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice;
events {} http { access_log off; ${http} ${temporary.join(' ')} ${configured} }`,
  )
  return run('nginx', ['-c', file, '-e', 'stderr'], 'start worker process ')
}

export async function startCaddy(place: ProxyPlace, text = deployedFile('Caddyfile')): Promise<ChildProcess> {
  const { folder, tls, host, port, upstreams } = place
  const configured = replaceAll(text, [
    [/^mail\.example\.com \{/m, `${tls ? PROXY_NAME : 'http://'}:${port} {\n\tbind ${host}`],
    [/# tls .*/, tls ? `tls ${tls.certificate} ${tls.key}` : ''],
    [/127\.0\.0\.1:8400/, upstreams[0]!],
    ...(upstreams[1] === undefined
      ? []
      : ([
          [/# to 10\.0\.0\.12:8400/, `to ${upstreams[1]}`],
          [/# (health_|lb_)/g, '$1'],
        ] as const)),
  ])
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${configured}`)
  return run('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], 'serving initial configuration', {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  })
}

/** @throws when a pattern is not found: the file has changed and the test would run something else */
function replaceAll(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((changed, [pattern, value]) => {
    if (changed.search(pattern) === -1) throw new Error(`the file has no ${String(pattern)}`)
    return changed.replace(pattern, value)
  }, text)
}

async function run(
  program: 'nginx' | 'caddy',
  args: readonly string[],
  ready: string,
  env: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  const child = spawn(findInstalled(program)!, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  })
  let output = ''
  await new Promise<void>((started, failed) => {
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes(ready)) started()
    })
    child.once('exit', () => failed(new Error(`${program} does not start: ${output}`)))
  })
  return child
}

export async function stopProxy(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  if (child.exitCode === null && child.kill('SIGTERM')) await ended
}
