/** Signals, taken ports and exhausted file handles, with `npm run serve` and with node alone. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, settleMail, until, type Case } from './case.ts'
import { SERVER_PORT } from './installation.ts'
import { processesBelow } from './processes.ts'
import { launch, type Served } from './served.ts'

const END_LIMIT_MS = 10_000
const MAIL_LIMIT_MS = 60_000
const NODE = ['node', '--import', './scripts/node-24.js', 'server/src/main.ts']
/** Runs the next command as process 1 of a process namespace, as a container does. */
const AS_PID_1 = ['unshare', '--pid', '--fork', '--mount-proc']

export const signalCases: readonly Case[] = [
  signalCase('sigterm-npm', {}, ({ child }) => child.pid!),
  signalCase('sigterm-node', {}, (served) => served.serverPid()!),
  signalCase('sigterm-npm-as-pid-1', { before: AS_PID_1 }, firstChild),
  signalCase('sigterm-node-as-pid-1', { before: AS_PID_1, command: NODE }, firstChild),
]

function firstChild({ child }: Served): number {
  return processesBelow(child.pid!).find(({ parent }) => parent === child.pid)!.pid
}

function signalCase(
  name: string,
  options: { before?: readonly string[]; command?: readonly string[] },
  target: (served: Served) => number,
): Case {
  return {
    name,
    promised: 'all processes end within 10 s; requests, claims and leases are completed; no mail is lost or doubled',
    async run(context, findings) {
      const installation = await context.installation()
      const { accounts, wires } = installation
      const served = await installation.restart(options)
      const stream = await installation.client.listen()
      // In flight to Microsoft when the signal comes.
      wires.graph.fail('stalled')
      await accounts.graph.submit()
      await pause(1000)
      const processes = processesBelow(served.child.pid!)
      const beganAt = performance.now()
      process.kill(target(served), 'SIGTERM')
      const requests = accounts.mail.submit()
      await pause(1000)
      wires.graph.heal()
      const left = () => processes.filter((each) => each.isAlive())
      findings.noticedMs = await until(END_LIMIT_MS, () => left().length === 0)
      stream.close()
      if (findings.noticedMs === null) {
        findings.faults.push(
          `after ${END_LIMIT_MS} ms still there: ${left()
            .map(({ command }) => command.join(' '))
            .join(', ')}`,
        )
      } else {
        findings.noticedMs = Math.round(performance.now() - beganAt)
        findings.explained = true
        findings.saw.push(`all ${processes.length} processes ended`)
      }
      await requests
      await served.stop()
      type Count = { n: string }
      const [claims] = await installation.ask<Count>(
        'SELECT count(*) AS n FROM submissions WHERE claimed_by IS NOT NULL',
      )
      if (claims!.n !== '0') findings.faults.push(`${claims!.n} submissions are still claimed`)
      await installation.start()
      await settleMail(accounts.graph, MAIL_LIMIT_MS, findings)
      await settleMail(accounts.mail, MAIL_LIMIT_MS, findings)
    },
  }
}

const START_END_MS = 60_000

export const portTaken: Case = {
  name: 'port-taken',
  promised:
    'npm run serve ends within a minute, names the port and the fix; the server that has the port is not disturbed',
  async run(context, findings) {
    const { environment, folder, direct } = await context.installation()
    await endsByItself(launch({ environment, logFile: join(folder, 'second.log') }), String(SERVER_PORT), findings)
    const { status } = await ask(`${direct}/healthz`, START_END_MS)
    if (status !== 200) findings.faults.push(`the first server answers ${status}`)
  },
}

/** Expects a start to fail: it ends, and its output names the cause and a fix. */
export async function endsByItself(served: Served, cause: string, findings: Parameters<Case['run']>[1]): Promise<void> {
  const beganAt = performance.now()
  const took = await until(START_END_MS, () => !served.isRunning())
  const printed = served.printed()
  if (printed.includes(cause)) findings.noticedMs = Math.round(performance.now() - beganAt)
  if (took === null) findings.faults.push(`it has not ended after ${START_END_MS} ms`)
  else if ((await served.exited) === 0) findings.faults.push('it ended with 0')
  // More than the cause: a sentence that says what to do.
  findings.explained = printed.includes(cause) && /\b(set|choose|stop|start|change|free|use|end)\b/i.test(printed)
  findings.saw.push(printed.trim().split('\n').slice(-6).join(' | ').slice(0, 600))
  // Ends every server of the namespace, also the one that has the port.
  if (took === null) await served.stop()
}

/** Takes a port until `close`. */
export async function takePort(port: number): Promise<{ close(): void }> {
  const server = createServer().listen({ port, host: '127.0.0.1' })
  await once(server, 'listening')
  return server
}
