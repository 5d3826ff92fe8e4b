/**
 * One installation as an admin has it: `npm run serve`, a PostgreSQL reached by TCP, nginx with TLS on a port other
 * than 443, and the sandbox as Microsoft. Lives in namespaces of its own, so fixed ports and addresses are free.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { startCrashingPostgres, type CrashingPostgres } from '../../scripts/start/crashing-postgres.ts'
import { writeCloudsFile } from '../../scripts/start/sandbox-process.ts'
import type { Ports } from '../../sandbox/src/ports.ts'
import { startSandbox, type Sandbox } from '../../sandbox/src/sandbox.ts'
import { askDatabase, type Asked } from '../crash/facts.ts'
import { startTcpProxy, type TcpProxy } from '../crash/tcp-proxy.ts'
import { prepareCast, type Part } from '../drill/people.ts'
import { connectPart } from '../drill/connected-part.ts'
import { createControlPanel, type ControlPanel } from '../drill/control-panel.ts'
import { ADMIN } from '../walk/connect-support.ts'
import { createPostkeyClient, type PostkeyClient } from '../walk/postkey-client.ts'
import { makeSiteCertificate } from './certificate.ts'
import { loopDelayEnvironment } from './loop-delay.ts'
import { createMailTraffic, type MailTraffic } from './mail-traffic.ts'
import { startNginx } from './nginx.ts'
import { serve, type Served, type ServeOptions } from './served.ts'

export type Protocol = 'graph' | 'mail'

export interface Installation {
  folder: string
  /** PUBLIC_URL. */
  address: string
  /** Address of the server behind nginx. */
  direct: string
  postgres: CrashingPostgres
  /** Queries PostgreSQL past the wire. */
  ask: Asked
  wires: Record<'graph' | 'imap' | 'smtp' | 'database', TcpProxy>
  sandbox: Sandbox
  controlPanel: ControlPanel
  client: PostkeyClient
  accounts: Record<Protocol, MailTraffic>
  /** The server that runs now. */
  readonly served: Served
  environment: Record<string, string>
  logFile: string
  start(options?: Partial<ServeOptions>): Promise<Served>
  /** Stops the server and starts it again. */
  restart(options?: Partial<ServeOptions>): Promise<Served>
}

export const SITE = 'mail.postkey.test'
const SITE_PORT = 8443
export const SERVER_PORT = 8400
export const SANDBOX_PORTS: Ports = {
  login: 8410,
  graph: 8411,
  portal: 8412,
  controlPanel: 8413,
  imap: 8414,
  smtp: 8415,
}
const WIRE_PORTS = { graph: 8421, imap: 8424, smtp: 8425, database: 8432 }

/** The part with Graph, and the one with IMAP and SMTP. */
const PARTS = {
  graph: { key: 'GR', protocols: {} },
  mail: { key: 'MA', protocols: { receivesBy: 'imap', sendsBy: 'smtp' } },
} as const
const ORDERS = [{ name: 'graph' }, { name: 'mail', byMailProtocols: true }]

export async function startInstallation(folder: string, dataFolder = join(folder, 'data')): Promise<Installation> {
  const site = makeSiteCertificate(folder, SITE)
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(site.ca, 'utf8')])
  mkdirSync(dataFolder, { recursive: true, mode: 0o711 })
  const postgres = await startCrashingPostgres(dataFolder)
  const ask = askDatabase(postgres.url)

  const address = `https://${SITE}:${SITE_PORT}`
  const sandboxFolder = join(folder, 'sandbox')
  const cast = await prepareCast(sandboxFolder, `${address}/oauth/callback`, ORDERS)
  const sandbox = await startSandbox({
    databasePath: join(sandboxFolder, 'sandbox.sqlite'),
    ports: SANDBOX_PORTS,
    named: { graph: `http://localhost:${WIRE_PORTS.graph}` },
    withMail: false,
  })
  const wireTo = async (part: 'graph' | 'imap' | 'smtp') =>
    startTcpProxy({ port: WIRE_PORTS[part], to: () => [{ host: 'localhost', port: SANDBOX_PORTS[part] }] })
  const wires = {
    graph: await wireTo('graph'),
    imap: await wireTo('imap'),
    smtp: await wireTo('smtp'),
    database: await startTcpProxy({ port: WIRE_PORTS.database, to: () => [{ path: postgres.socket }] }),
  }
  await startNginx(folder, { ...site, name: SITE, port: SITE_PORT, upstreamPort: SERVER_PORT })

  const logFile = join(folder, 'postkey.log')
  const environment = {
    ...{ PATH: process.env.PATH ?? '', HOME: folder, ...loopDelayEnvironment(folder) },
    DATABASE_URL: `postgresql://${postgres.user}:${postgres.password}@127.0.0.1:${WIRE_PORTS.database}/postkey`,
    ...{ PUBLIC_URL: address, HOST: '127.0.0.1', PORT: String(SERVER_PORT), TRUSTED_PROXIES: 'loopback' },
    ...{ POSTKEY_DATA: dataFolder, POSTKEY_KEY_FILE: join(folder, 'key', 'keys'), NODE_EXTRA_CA_CERTS: site.ca },
    POSTKEY_CLOUDS_FILE: writeCloudsFile(folder, { ...SANDBOX_PORTS, ...WIRE_PORTS }),
    // npm looks for a newer npm otherwise.
    npm_config_update_notifier: 'false',
  }
  const start = (options: Partial<ServeOptions> = {}) => serve({ environment, logFile, ...options })
  let served = await start()

  const client = createPostkeyClient(address)
  const token = new URL(served.firstAdminLink).hash.slice(1)
  await client.call('POST', '/v1/links/accept', { token, ...ADMIN })
  const controlPanel = await createControlPanel(sandbox.addresses.controlPanel, address)
  const connect = async (name: Protocol) => {
    const deps = { client, postkey: { address, sandbox: sandbox.addresses }, controlPanel, admin: ADMIN.email }
    const { key, protocols } = PARTS[name]
    const part = await connectPart(deps, cast.get(name) as Part, { key, kind: 'user', protocols })
    return createMailTraffic({ name, part, controlPanel, ask })
  }
  const accounts = { graph: await connect('graph'), mail: await connect('mail') }

  return {
    ...{
      folder,
      address,
      direct: `http://127.0.0.1:${SERVER_PORT}`,
      postgres,
      ask,
      wires,
      sandbox,
      controlPanel,
      client,
    },
    ...{ accounts, environment, logFile },
    get served() {
      return served
    },
    async start(options) {
      served = await start(options)
      return served
    },
    async restart(options) {
      await served.stop()
      served = await start(options)
      return served
    },
  }
}

/** The configuration of the sandbox for a `npm start` in the same namespace. */
export function writeSandboxPorts(dataFolder: string, ports: Partial<Ports>): void {
  const folder = join(dataFolder, 'sandbox')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'ports.json'), JSON.stringify({ ...SANDBOX_PORTS, ...ports }))
}
