/**
 * Sends from two mailboxes of one login by SMTP while mail arrives in both.
 * Usage: npm run --silent soak -- [--in 10000] [--out 1000] [--json]
 *
 * The clock of the sandbox moves to the end of each minute that the login has used up, so that 1,000 messages take
 * minutes and not half an hour; ages are by that clock. One JSON line. Ends with 1 when a message is missing or twice,
 * when the sandbox refused one for its limit, or when newer mail passed the oldest message.
 */
import { parseArgs } from 'node:util'
import { soak } from './soak.ts'

const { values } = parseArgs({
  options: {
    in: { type: 'string', default: '10000' },
    out: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
})
const [incoming, outgoing] = [Number(values.in), Number(values.out)]
if (![incoming, outgoing].every((count) => Number.isInteger(count) && count >= 0)) {
  console.error('Usage: npm run --silent soak -- [--in N] [--out N] [--json]')
  process.exitCode = 2
} else {
  const { faults, ...figures } = await soak({ incoming, outgoing }, (line) => {
    if (!values.json) console.error(line)
  })
  if (faults.length > 0) process.exitCode = 1
  console.log(JSON.stringify({ ok: faults.length === 0, ...figures, ...(faults.length > 0 && { faults }) }))
}
