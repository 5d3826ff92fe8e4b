/** The sandbox in this process: its sign-ins, the clock for all, and Postkey connected with its mailboxes. */
import { join } from 'node:path'
import { writeCloudsFile } from '../../scripts/start/sandbox-process.ts'
import { freePort } from '../../mail-servers/free-port.ts'
import type { Ports } from '../../sandbox/src/ports.ts'
import { startSandbox, type Sandbox } from '../../sandbox/src/sandbox.ts'
import { prepareCast } from '../drill/people.ts'
import { connectPart } from '../drill/connected-part.ts'
import { createControlPanel } from '../drill/control-panel.ts'
import { ADMIN } from '../walk/connect-support.ts'
import { createPostkeyClient } from '../walk/postkey-client.ts'
import { askDatabase } from './facts.ts'
import type { ProtocolHarness, ProtocolAccount, HarnessDeps } from './protocol-harness.ts'
import { createSmtpWatch, type SmtpWatch } from './smtp-watch.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const PARTS = [
  { name: 'own', kind: 'user', key: 'OW', byMailProtocols: true },
  { name: 'shared', kind: 'shared', key: 'SH', count: 2, byMailProtocols: true },
] as const

/** A folder selected for reading, besides the default ones; the other is never read. */
export const READ_FOLDER = 'Kept'
export const OTHER_FOLDER = 'Not read'

export interface SandboxStage {
  sandbox: Sandbox
  environment: ProtocolHarness['environment']
  /** Mailboxes: the address of the user, and those of the shared ones with the user who opens them. */
  people: { address: string; principal: string }[]
  /** Addresses of the accounts, in the order of their numbers; known once they are connected. */
  addresses: readonly string[]
  /** The wires to the mail servers, and the observer of SMTP. */
  wires: TcpProxy[]
  /** Silences every connection to the mail servers; returns how many. */
  silence(): number
  smtp: SmtpWatch
  connect: ProtocolHarness['connect']
  close(): Promise<void>
}

export interface SandboxStageOptions {
  /** Mail servers behind a wire, by port; the sandbox's own port when only named. */
  wires: Partial<Record<'graph' | 'imap' | 'smtp', number | undefined>>
  /** Protocols by which the mailboxes are read and sent from; Graph by default. */
  protocols: { receivesBy: 'imap'; sendsBy: 'smtp' } | undefined
  /** Creates the two folders in the mailbox of that address. */
  addFolders(address: string): Promise<void>
}

/** Calls `options` once the sandbox is running. */
export async function startSandboxStage(
  { folder, address, databaseUrl, silencesSmtp }: HarnessDeps,
  optionsOf: (sandbox: Sandbox, people: SandboxStage['people']) => Promise<SandboxStageOptions>,
): Promise<SandboxStage> {
  const sandboxFolder = join(folder, 'sandbox')
  const cast = await prepareCast(sandboxFolder, `${address}/oauth/callback`, PARTS)
  const ports = await freePorts()
  const graph = await freePort()
  const sandbox = await startSandbox({
    databasePath: join(sandboxFolder, 'sandbox.sqlite'),
    ports,
    named: { graph: `http://localhost:${graph}` },
    withMail: false,
  })
  const people = PARTS.flatMap(({ name }) =>
    cast.get(name)!.addresses.map((each) => ({ address: each, principal: cast.get(name)!.person })),
  )
  const options = await optionsOf(sandbox, people)
  const smtp = createSmtpWatch()
  const wires: TcpProxy[] = []
  const silenced: TcpProxy[] = []
  // Postkey knows the mail servers only through the wire that is cut.
  const known = { ...ports, graph }
  for (const part of new Set(['graph', ...Object.keys(options.wires)] as (keyof SandboxStageOptions['wires'])[])) {
    if (part !== 'graph') known[part] = await freePort()
    const wire = await startTcpProxy({
      port: known[part],
      to: () => [{ host: 'localhost', port: options.wires[part] ?? ports[part] }],
      ...(part === 'smtp' && { tap: (connection) => smtp.tap(connection) }),
    })
    wires.push(wire)
    if (part !== 'smtp' || silencesSmtp) silenced.push(wire)
  }
  const addresses: string[] = []

  async function connect(firstAdminLink: string): ReturnType<ProtocolHarness['connect']> {
    const client = createPostkeyClient(address)
    await client.call('POST', '/v1/links/accept', { token: new URL(firstAdminLink).hash.slice(1), ...ADMIN })
    const controlPanel = await createControlPanel(sandbox.addresses.controlPanel, address)
    const deps = { client, postkey: { address, sandbox: sandbox.addresses }, controlPanel, admin: ADMIN.email }
    const accounts: ProtocolAccount[] = []
    for (const { name, kind, key } of PARTS) {
      const { part, accountIds } = await connectPart(deps, cast.get(name)!, { key, kind })
      for (const [i, id] of accountIds.entries()) accounts.push({ id, address: part.addresses[i]! })
    }
    addresses.push(...accounts.map((account) => account.address))
    for (const each of addresses) await options.addFolders(each)
    if (options.protocols) await consentToMailProtocols(databaseUrl)
    for (const [i, { id }] of accounts.entries()) {
      if (options.protocols) await client.call('PATCH', `/v1/email-accounts/${id}`, options.protocols)
      const path = `/v1/email-accounts/${id}/folders`
      type Folders = { folders: { remoteId: string; name: string; synced: boolean }[] }
      const { folders } = await client.call<Folders>('GET', path)
      const read = folders.filter(({ synced, name }) => synced || name === READ_FOLDER)
      await client.call('PUT', path, { folderRemoteIds: read.map(({ remoteId }) => remoteId) })
      // Messages of closed conversations move into a folder that is read, or one that is not.
      const closed = folders.find(({ name }) => name === (i % 2 === 0 ? READ_FOLDER : OTHER_FOLDER))!
      const actions = { marksRead: true, closedFolderRemoteId: closed.remoteId }
      await client.call('PATCH', `/v1/email-accounts/${id}/actions`, actions)
    }
    const scopes = ['mail:read', 'mail:write', 'mail:send', 'admin:read']
    const wanted = { name: 'crash', scopes, emailAccountIds: 'all' }
    const { key } = await client.call<{ key: string }>('POST', '/v1/api-keys', wanted)
    const { key: observerKey } = await client.call<{ key: string }>('POST', '/v1/api-keys', wanted)
    return { key, observerKey, accounts }
  }

  return {
    ...{ sandbox, people, addresses, wires, smtp, connect },
    silence: () => silenced.reduce((sum, wire) => sum + wire.silence(), 0),
    environment: {
      POSTKEY_CLOUDS_FILE: writeCloudsFile(folder, known),
      POSTKEY_CLOCK: `${sandbox.addresses.controlPanel}/api/clock`,
    },
    async close() {
      for (const wire of wires) await wire.close()
      await sandbox.close()
    },
  }
}

/** The organization has consented to both protocols; a setup for Graph requests only a part of that. */
async function consentToMailProtocols(databaseUrl: string): Promise<void> {
  const scopes = ['IMAP.AccessAsUser.All', 'SMTP.Send'].map((name) => `https://outlook.office.com/${name}`)
  await askDatabase(databaseUrl)(
    'UPDATE grants SET scopes_wanted = scopes_wanted || $1, scopes_granted = scopes_granted || $1',
    [scopes],
  )
}

async function freePorts(): Promise<Ports> {
  const ports: Partial<Ports> = {}
  for (const part of ['login', 'graph', 'portal', 'controlPanel', 'imap', 'smtp'] as const)
    ports[part] = await freePort()
  return ports as Ports
}
