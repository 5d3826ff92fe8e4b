/**
 * Assembles the whole Microsoft 365; the only file that imports every module. `main.ts` starts it from the command
 * line, tests and tools start it in their own process.
 */
import type { FastifyInstance } from 'fastify'
import { createControlPanelSite } from './control-panel/index.ts'
import { createEntraId } from './entra-id/index.ts'
import { createGraphSite } from './exchange-online/graph/index.ts'
import { createImapServer } from './exchange-online/imap/index.ts'
import { createMailStore, type MailStore, seedMail } from './exchange-online/mail-store/index.ts'
import { createSmtpServer } from './exchange-online/smtp/index.ts'
import { createTransport, type Transport } from './exchange-online/transport/index.ts'
import { createFaults, type Faults } from './faults/index.ts'
import { createMovableClock, type MovableClock } from './kernel/clock.ts'
import { type Database, openDatabase } from './kernel/database.ts'
import { createDeferred, type Deferred } from './kernel/deferred.ts'
import { hostsOf, type Interfaces } from './kernel/network.ts'
import type { Addresses, MailServers } from './kernel/settings.ts'
import { createOutside } from './outside/index.ts'
import { createPortalSite, directoryApi } from './portal/index.ts'
import { anyFreePort, type Ports } from './ports.ts'
import { createDirectory, type Directory, seedTenants } from './tenants/index.ts'

export interface SandboxOptions {
  /** Path of the state file; `:memory:` by default. */
  databasePath?: string
  /** Ports of the parts; free ones by default. */
  ports?: Ports
  /** Addresses in issuers and links, if they differ from those on which the parts listen. */
  named?: Partial<Addresses>
  /** `loopback` by default. */
  interfaces?: Interfaces
  /** Names under which other programs reach the sandbox; the first one is in all addresses. `localhost` by default. */
  hosts?: readonly string[]
  /** Hosts in addition to loopback that get change notifications. */
  notifiedHosts?: readonly string[]
  /** Stores the sample mail in the mailboxes; on by default. */
  withMail?: boolean
  /** Receives internal errors of the sandbox. */
  report?: (error: unknown) => void
}

export interface Sandbox {
  /** Addresses on which the parts listen. */
  addresses: Addresses
  mailServers: MailServers
  database: Database
  clock: MovableClock
  deferred: Deferred
  directory: Directory
  mailStore: MailStore
  transport: Transport
  faults: Faults
  /** Credentials with which a real mail server introspects tokens. */
  introspectionCredentials: { id: string; secret: string }
  close(): Promise<void>
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { databasePath = ':memory:', withMail = true, report = (error) => console.error(error) } = options
  const { interfaces = 'loopback', hosts: [name = 'localhost', ...otherHosts] = [], notifiedHosts = [] } = options
  const ports = options.ports ?? (await freePorts())
  const listening = addressesOf(name, ports)
  const mailServers: MailServers = {
    imap: { host: name, port: ports.imap },
    smtp: { host: name, port: ports.smtp },
  }
  const settings = { listening, named: { ...listening, ...options.named }, otherHosts, notifiedHosts }

  const database = openDatabase(databasePath)
  const clock = createMovableClock(database)
  const deferred = createDeferred(database, clock, report)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)

  const faults = createFaults(database, clock, directory)
  const entraId = createEntraId({ database, clock, directory, settings, faults, report })
  const mailStore = createMailStore({ database, clock, directory })
  const transport = createTransport({ database, clock, deferred, directory, mailStore, report })
  const outside = createOutside({ database, clock, directory, transport })
  const graph = createGraphSite({
    database,
    clock,
    deferred,
    directory,
    accessTokens: entraId.accessTokens,
    mailStore,
    transport,
    settings,
    faults,
    plugins: [directoryApi({ clock, directory, settings })],
    report,
  })
  const portal = createPortalSite({ clock, directory, settings, report })
  const imap = createImapServer({
    database,
    clock,
    directory,
    accessTokens: entraId.accessTokens,
    mailStore,
    faults,
    report,
  })
  const smtp = createSmtpServer({
    database,
    clock,
    deferred,
    directory,
    accessTokens: entraId.accessTokens,
    mailStore,
    transport,
    faults,
    report,
  })
  const controlPanel = createControlPanelSite({ clock, directory, settings, mailServers, outside, faults, report })
  if (withMail) await seedMail({ database, clock, directory, mailStore })

  const sites: [FastifyInstance, number][] = [
    [entraId.site, ports.login],
    [graph, ports.graph],
    [portal, ports.portal],
    [controlPanel, ports.controlPanel],
  ]
  // A failed connection, for example without free file handles, must not stop the server.
  for (const [site] of sites) site.server.on('error', () => undefined)
  async function close(): Promise<void> {
    await Promise.all([...sites.map(([site]) => site.close()), imap.close(), smtp.close()])
    await deferred.stop()
    database.close()
  }
  try {
    const hosts = await hostsOf(interfaces)
    // `localhost` listens on both loopback addresses.
    const host = interfaces === 'loopback' ? 'localhost' : hosts[0]!
    for (const [site, port] of sites) await site.listen({ host, port })
    await imap.listen(ports.imap, hosts)
    await smtp.listen(ports.smtp, hosts)
  } catch (error) {
    await close()
    throw error
  }
  deferred.start()
  return {
    addresses: listening,
    introspectionCredentials: entraId.introspectionCredentials,
    mailServers,
    database,
    clock,
    deferred,
    directory,
    mailStore,
    transport,
    faults,
    close,
  }
}

function addressesOf(name: string, ports: Ports): Addresses {
  const at = (port: number) => `http://${name}:${port}`
  return {
    login: at(ports.login),
    graph: at(ports.graph),
    portal: at(ports.portal),
    controlPanel: at(ports.controlPanel),
  }
}

async function freePorts(): Promise<Ports> {
  return {
    login: await anyFreePort(),
    graph: await anyFreePort(),
    portal: await anyFreePort(),
    controlPanel: await anyFreePort(),
    imap: await anyFreePort(),
    smtp: await anyFreePort(),
  }
}
