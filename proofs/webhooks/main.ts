/**
 * Webhooks under fire: events to three endpoints (one refuses half of the requests, one is slow, one is down for an hour)
 * while the servers that deliver are killed. Prints one line of JSON.
 *
 * Usage: npm run --silent webhooks [-- --events 10000 --kills 20 --seed 1]. Exit code 1 when an event is lost, comes
 * with another id, or after a later one of its conversation.
 */
import { parseArgs } from 'node:util'
import { isKept } from './judge.ts'
import { runWebhooks } from './run.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
})
const line = await runWebhooks({
  events: Number(values.events),
  kills: Number(values.kills),
  seed: Number(values.seed),
})
console.log(JSON.stringify(line))
if (!Object.values(line.endpoints).every(isKept)) process.exitCode = 1
