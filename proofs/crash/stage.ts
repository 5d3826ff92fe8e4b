/** The installation of a run: PostgreSQL, servers behind one address, mail servers, connected mailboxes. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../mail-servers/free-port.ts'
import type { ProxyName } from '../../mail-servers/reverse-proxy.ts'
import { startCrashingPostgres, type CrashingPostgres } from '../../scripts/start/crashing-postgres.ts'
import { inParallel } from '../drill/in-parallel.ts'
import { createApi, listenToEvents, type Api, type EventEar } from './api.ts'
import { createDisturbing, type Disturbing } from './disturbances.ts'
import { dovecotPostfix } from './dovecot-harness.ts'
import { askDatabase, type Asked } from './facts.ts'
import type { ProtocolAccount, ProtocolHarness, ProtocolName } from './protocol-harness.ts'
import { createRandom } from './random.ts'
import { settingsBehind, startFront } from './rolling-restart.ts'
import { graphSandbox, imapSandbox } from './sandbox-harness.ts'
import { startTcpProxy } from './tcp-proxy.ts'
import { createCrew, type Crew } from './workers.ts'

export interface StageOptions {
  protocol: ProtocolName
  seed: number
  in: number
  workers: number
  /** Restarts the servers in turn behind this proxy, instead of all other disturbances. */
  rolling?: ProxyName | undefined
}

/** Runs with this many letters silence SMTP, too. */
export const LONG_RUN = 1000
const CLOSE_LIMIT_MS = 20_000

const protocols: Record<ProtocolName, typeof graphSandbox> = {
  'graph-sandbox': graphSandbox,
  'imap-sandbox': imapSandbox,
  'dovecot-postfix': dovecotPostfix,
}

export interface Stage {
  folder: string
  /** Address of the proxy in front of all servers. */
  address: string
  key: string
  observerKey: string
  protocol: ProtocolHarness
  crew: Crew
  disturbing: Disturbing
  api: Api
  ear: EventEar
  accounts: ProtocolAccount[]
  ask: Asked
  close(how: { forget: boolean }): Promise<void>
}

export async function setStage(options: StageOptions, say: (line: string) => void): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-crash-'))
  const dataFolder = join(folder, 'data')
  mkdirSync(dataFolder)
  // PostgreSQL runs as another user when we are root, and has to reach its own folder in here.
  for (const open of [folder, dataFolder]) chmodSync(open, 0o711)
  const opened: (() => Promise<unknown>)[] = []
  async function close({ forget }: { forget: boolean }): Promise<void> {
    for (let one = opened.pop(); one; one = opened.pop()) {
      const closed = one().catch((error: unknown) => say(String(error)))
      // A failed close must not hide the verdict.
      await Promise.race([closed, pause(CLOSE_LIMIT_MS)])
    }
    if (forget) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const postgres: CrashingPostgres = await startCrashingPostgres(dataFolder)
    opened.push(() => postgres.stop())
    const ports = await inParallel(Array.from({ length: options.workers }), 1, () => freePort())
    const wires = await inParallel(ports, 1, () => startTcpProxy({ to: () => [{ path: postgres.socket }] }))
    for (const wire of wires) opened.push(() => wire.close())

    let turn = 0
    // Works like a proxy in front of servers: rotates through those that are up.
    const rolling = options.rolling && (await startFront(options.rolling, folder, ports))
    const front =
      rolling ??
      (await startTcpProxy({
        to: () => rotated(crew.ports(), turn++).map((port) => ({ host: 'localhost', port })),
      }))
    opened.push(() => front.close())
    const address = `http://localhost:${front.port}`
    const protocol = await protocols[options.protocol]({
      folder,
      address,
      databaseUrl: postgres.url,
      silencesSmtp: options.in >= LONG_RUN,
    })
    opened.push(() => protocol.close())

    const crew = createCrew({
      ...{ count: options.workers, folder, portOf: (worker) => ports[worker]! },
      environment: (worker) => ({
        ...protocol.environment,
        DATABASE_URL: `postgresql://${postgres.user}:${postgres.password}@127.0.0.1:${wires[worker]!.port}/postkey`,
        ...{ PUBLIC_URL: address, HOST: 'localhost', PORT: String(ports[worker]) },
        ...(options.rolling && settingsBehind(options.rolling)),
        ...{ POSTKEY_DATA: dataFolder, POSTKEY_KEY_FILE: join(folder, 'key', 'keys') },
      }),
    })
    opened.push(() => crew.end())
    await crew.start()
    const { key, observerKey, accounts } = await protocol.connect(crew.firstAdminLink())
    const ear = listenToEvents(address, key)
    opened.push(async () => ear.close())
    say(`${accounts.length} mailboxes are connected`)
    const random = createRandom(options.seed)
    const disturbing = createDisturbing({ crew, protocol, postgres, wires, random, front: rolling, ports })
    const api = createApi(address, key)
    const reached = { address, key, observerKey }
    return { ...reached, folder, protocol, crew, disturbing, api, ear, accounts, ask: askDatabase(postgres.url), close }
  } catch (error) {
    await close({ forget: false })
    throw error
  }
}

/** Moves the first `by` elements to the end; a larger number goes round. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}
