/** `npm start`: Postkey with a database and a sandbox of its own, in a data folder of its own. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { askDatabase } from '../crash/facts.ts'
import { prepareCast } from '../drill/people.ts'
import { connectPart } from '../drill/connected-part.ts'
import { createControlPanel } from '../drill/control-panel.ts'
import { runningPostgres } from '../../scripts/start/crashing-postgres.ts'
import { ADMIN } from '../walk/connect-support.ts'
import { createPostkeyClient } from '../walk/postkey-client.ts'
import { ask, until, type Case, type Context } from './case.ts'
import { fill, judgeAfterwards, mountDisk, submitWhileFull } from './disk-cases.ts'
import { SANDBOX_PORTS, SERVER_PORT, writeSandboxPorts } from './installation.ts'
import { loopDelayEnvironment } from './loop-delay.ts'
import { createMailTraffic } from './mail-traffic.ts'
import { endsByItself, takePort } from './process-cases.ts'
import { allProcesses, type Process } from './processes.ts'
import { launch, serve, type ServeOptions, type Served } from './served.ts'

const ADDRESS = `http://localhost:${SERVER_PORT}`
const END_LIMIT_MS = 10_000
const HEALTH_LIMIT_MS = 5000
const DATA_DISK_MB = 400

export const sandboxPortTaken: Case = {
  name: 'sandbox-port-taken',
  promised: 'npm start ends within a minute, names the port and the fix',
  async run(context, findings) {
    const dataFolder = newDataFolder(context, 'port')
    const taken = await takePort(SANDBOX_PORTS.graph)
    try {
      await endsByItself(launch(startOptions(context, dataFolder)), String(SANDBOX_PORTS.graph), findings)
    } finally {
      taken.close()
    }
  },
}

export const sigtermStart: Case = {
  name: 'sigterm-npm-start',
  promised: 'after SIGTERM to npm all processes end within 10 s: server, sandbox and PostgreSQL',
  async run(context, findings) {
    const own = process.pid
    const before = new Set(allProcesses().map(({ pid }) => pid))
    const served = await serve(startOptions(context, newDataFolder(context, 'sigterm')))
    const processes = allProcesses().filter(({ pid }) => !before.has(pid) && pid !== own)
    const left = () => processes.filter((each) => each.isAlive())
    served.child.kill('SIGTERM')
    findings.noticedMs = await until(END_LIMIT_MS, () => left().length === 0)
    findings.saw.push(`${processes.length} processes`)
    if (findings.noticedMs === null) {
      const names = left().map(({ command }) => command.join(' ').slice(0, 80))
      findings.faults.push(`after ${END_LIMIT_MS} ms still there: ${names.join(', ')}`)
    } else findings.explained = true
    await endAll(served, left)
  },
}

export const diskFullStart: Case = {
  name: 'disk-full-start',
  promised:
    'with the data folder on a full disk the server answers, new submissions get 507, an incident names the disk, everything accepted is kept, and it continues by itself',
  async run(context, findings) {
    const dataFolder = newDataFolder(context, 'disk')
    mountDisk(dataFolder, DATA_DISK_MB)
    writeSandboxPorts(dataFolder, {})
    const cast = await prepareCast(join(dataFolder, 'sandbox'), `${ADDRESS}/oauth/callback`, [{ name: 'disk' }])
    const served = await serve(startOptions(context, dataFolder))
    const at = (port: number) => `http://localhost:${port}`
    const sandbox = {
      ...{ controlPanel: at(SANDBOX_PORTS.controlPanel), portal: at(SANDBOX_PORTS.portal) },
      ...{ login: at(SANDBOX_PORTS.login), graph: at(SANDBOX_PORTS.graph) },
    }
    const client = createPostkeyClient(ADDRESS)
    const token = new URL(served.firstAdminLink).hash.slice(1)
    await client.call('POST', '/v1/links/accept', { token, ...ADMIN })
    const controlPanel = await createControlPanel(sandbox.controlPanel, ADDRESS)
    const deps = { client, postkey: { address: ADDRESS, sandbox }, controlPanel, admin: ADMIN.email }
    const part = await connectPart(deps, cast.get('disk')!, { key: 'DI', kind: 'user' })
    const database = await runningPostgres(dataFolder)
    const account = createMailTraffic({ name: 'disk', part, controlPanel, ask: askDatabase(database) })

    const since = Date.now()
    const beganAt = performance.now()
    const ballast = join(dataFolder, 'ballast')
    fill(ballast)
    try {
      await submitWhileFull(account, findings, beganAt)
      const { status } = await ask(`${ADDRESS}/v1/session`, HEALTH_LIMIT_MS)
      if (status === 0) findings.faults.push('the server does not answer while the disk is full')
    } finally {
      rmSync(ballast)
    }
    await judgeAfterwards({ client, account, since }, findings)
    if (!served.isRunning()) findings.faults.push(`it ended: ${served.printed().slice(-300)}`)
    await served.stop()
  },
}

/** A new data folder whose sandbox has its usual ports. */
export function newDataFolder({ folder }: Context, name: string): string {
  const dataFolder = join(folder, `data-${name}`)
  mkdirSync(dataFolder, { mode: 0o711 })
  writeSandboxPorts(dataFolder, {})
  return dataFolder
}

export function startOptions({ folder }: Context, dataFolder: string): ServeOptions {
  return {
    command: ['npm', 'start'],
    // Its output; its log lies in the data folder.
    logFile: `${dataFolder}.printed`,
    isUp: 'Ctrl-C',
    environment: {
      ...{ PATH: process.env.PATH ?? '', HOME: folder, npm_config_update_notifier: 'false' },
      ...loopDelayEnvironment(folder),
      ...{ POSTKEY_DATA: dataFolder, POSTKEY_KEY_FILE: `${dataFolder}.keys/keys`, PORT: String(SERVER_PORT) },
    },
  }
}

async function endAll(served: Served, left: () => Process[]): Promise<void> {
  await served.stop()
  for (const { pid } of left()) process.kill(pid, 'SIGKILL')
}
