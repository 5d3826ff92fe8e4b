/**
 * Proof under fire: mail comes and goes while servers are killed and stopped, sockets are cut, the database is
 * restarted and the clock jumps; then the result is compared with the sent mail, one JSON line for each protocol.
 * Usage: npm run --silent crash -- [--json] [--protocol graph-sandbox|imap-sandbox|dovecot-postfix] [--seed N] [--in 2000] [--out 300] [--workers 2] [--at-once 1] [--rolling nginx|caddy]
 *
 * `--at-once` is the number of protocols that run in parallel: a short run mostly waits for time limits.
 * `--rolling` restarts the servers in turn behind that proxy, by SIGTERM, instead of all other disturbances.
 *
 * Ends with 1 when a promise is broken. The same seed is the same plan.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { whyNoPostfix } from '../../mail-servers/index.ts'
import { PROTOCOLS, type ProtocolName } from './protocol-harness.ts'
import { PROXIES } from './rolling-restart.ts'
import { run } from './run.ts'
import { inParallel } from '../drill/in-parallel.ts'

/** All protocols available on this machine; a named one fails where it is unavailable. */
function availableProtocols(): ProtocolName[] {
  const why = whyNoPostfix()
  if (why === undefined) return [...PROTOCOLS]
  console.error(`not run: dovecot-postfix, because ${why}`)
  return PROTOCOLS.filter((protocol) => protocol !== 'dovecot-postfix')
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    protocol: { type: 'string', multiple: true, default: availableProtocols() },
    seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
    in: { type: 'string', default: '2000' },
    out: { type: 'string', default: '300' },
    workers: { type: 'string', default: '2' },
    'at-once': { type: 'string', default: '1' },
    rolling: { type: 'string' },
  },
})
const numbers = { seed: values.seed, in: values.in, out: values.out, workers: values.workers }
const options = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])) as {
  [name in keyof typeof numbers]: number
}
const atOnce = Number(values['at-once'])
const isKnown = (name: string): name is ProtocolName => (PROTOCOLS as readonly string[]).includes(name)
const known = values.protocol.filter(isKnown)
const rolling = PROXIES.find((name) => name === values.rolling)

if (
  known.length < values.protocol.length ||
  rolling !== values.rolling ||
  ![...Object.values(options), atOnce].every((value) => Number.isInteger(value) && value > 0)
) {
  console.error(
    `Protocols are ${PROTOCOLS.join(', ')}, proxies ${PROXIES.join(', ')}; everything else is a whole number above 0.`,
  )
  process.exitCode = 2
} else {
  await inParallel(known, atOnce, async (protocol) => {
    try {
      const line = await run({ ...options, rolling, protocol }, (text) => values.json || console.error(text))
      console.log(JSON.stringify(line))
      if (line.faults) process.exitCode = 1
    } catch (error) {
      process.exitCode = 1
      console.log(
        JSON.stringify({
          protocol,
          seed: options.seed,
          faults: [error instanceof Error ? error.message : String(error)],
        }),
      )
    }
  })
}
