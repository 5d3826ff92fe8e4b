/** File handles are exhausted by connections that send half a request and wait. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, settleMail, until, type Case } from './case.ts'
import { SERVER_PORT } from './installation.ts'
import type { Findings } from './line.ts'
import { parseEntries, serve, type LogEntry } from './served.ts'
import { newDataFolder, startOptions } from './start-cases.ts'

const HANDLES = 128
const HALF_OPEN = 300
const HELD_MS = 20_000
const ANSWER_LIMIT_MS = 5000
const MAIL_LIMIT_MS = 60_000
const LIMITED = ['prlimit', `--nofile=${HANDLES}:${HANDLES}`]
const CONDITIONS = `with ${HANDLES} file handles and ${HALF_OPEN} half-open connections`
const REPORT = /EMFILE|handle|descriptor|connection limit|too many connections/i

export const handlesServe: Case = {
  name: 'file-handles',
  promised: `${CONDITIONS} the server stays up, keeps mail going, names the cause, and serves again afterwards`,
  async run(context, findings) {
    const installation = await context.installation()
    const { accounts, direct } = installation
    const served = await installation.restart({ before: LIMITED })
    const pid = served.serverPid()
    const since = Date.now()
    const sockets = await halfOpen()
    const beganAt = performance.now()
    for (const account of Object.values(accounts)) await account.deliver()
    await notice(() => served.log(), { since, beganAt }, findings)
    for (const account of Object.values(accounts)) await settleMail(account, MAIL_LIMIT_MS, findings)
    await answersAfterwards(direct, sockets, findings)
    if (served.serverPid() !== pid) findings.faults.push('the server ended')
    await installation.restart()
  },
}

export const handlesStart: Case = {
  name: 'file-handles-start',
  promised: `${CONDITIONS} npm start neither reports that PostgreSQL has ended nor ends, and answers afterwards`,
  async run(context, findings) {
    const dataFolder = newDataFolder(context, 'handles')
    const served = await serve({ ...startOptions(context, dataFolder), before: LIMITED })
    const file = join(dataFolder, 'postkey.log')
    const log = () => (existsSync(file) ? parseEntries(readFileSync(file, 'utf8')) : [])
    const since = Date.now()
    const beganAt = performance.now()
    const sockets = await halfOpen()
    await notice(log, { since, beganAt }, findings)
    await pause(Math.max(0, HELD_MS - (performance.now() - beganAt)))
    await answersAfterwards(`http://localhost:${SERVER_PORT}`, sockets, findings)
    if (!served.isRunning()) findings.faults.push(`it ended: ${served.printed().slice(-300)}`)
    const texts = [...log().map(({ msg }) => msg), served.printed()]
    const wrong = texts.find((text) => /PostgreSQL (has ended|does not stay up)/i.test(text))
    if (wrong !== undefined) findings.faults.push(`it reports "${wrong.slice(-200)}"`)
    await served.stop()
  },
}

async function notice(
  log: () => LogEntry[],
  { since, beganAt }: { since: number; beganAt: number },
  findings: Findings,
): Promise<void> {
  const report = () => log().find(({ time, level, text }) => time >= since && level >= 40 && REPORT.test(text))
  if ((await until(HELD_MS, () => report() !== undefined)) === null) return
  findings.noticedMs = Math.round(performance.now() - beganAt)
  findings.explained = true
  findings.saw.push(`logged "${report()!.msg}"`)
}

async function answersAfterwards(address: string, sockets: readonly Socket[], findings: Findings): Promise<void> {
  for (const socket of sockets) socket.destroy()
  const took = await until(HELD_MS, async () => (await ask(`${address}/healthz`, ANSWER_LIMIT_MS)).status === 200)
  if (took === null) findings.faults.push('no answer after the connections were closed')
  else findings.saw.push(`answers ${took} ms after the connections were closed`)
}

/** Connections that have sent half a request. */
async function halfOpen(): Promise<Socket[]> {
  const sockets = Array.from({ length: HALF_OPEN }, () => connect(SERVER_PORT, 'localhost'))
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => undefined)
      await Promise.race([once(socket, 'connect'), pause(ANSWER_LIMIT_MS)]).catch(() => undefined)
      socket.write('GET / HTTP/1.1\r\nHost: half-')
    }),
  )
  return sockets
}
