/**
 * Triggers every fault of Microsoft and checks Postkey's reaction: one JSON line for each fault.
 * Usage: npm run --silent drill -- [--json] [--list] [--only NAME,NAME…]
 *        npm run --silent drill -- --fifty       a secret of fifty mailboxes expires
 *        npm run --silent drill -- --days 100    so many days by the clock, with mail and without
 *
 * Ends with 1 when a fault is not noticed within a minute or not explained, reported more than once, not over after its
 * end, or lost or doubled mail.
 */
import { parseArgs } from 'node:util'
import { manyDays } from './days.ts'
import { drill, knownFaults } from './drill.ts'
import { fifty } from './fifty.ts'
import { createPlan } from './plan.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    fifty: { type: 'boolean', default: false },
    days: { type: 'string' },
  },
})
const say = (line: string) => {
  if (!values.json) console.error(line)
}

if (values.fifty) tell({ drill: 'fifty', ...(await fifty(50, say)) })
else if (values.days !== undefined) tell({ drill: 'days', ...(await manyDays(Number(values.days), say)) })
else await drillFaults(values.only.flatMap((names) => names.split(',')).filter((name) => name !== ''))

function tell({ faults, ...figures }: { drill: string; faults: string[] }): void {
  console.log(JSON.stringify({ ok: faults.length === 0, ...figures, ...(faults.length > 0 && { faults }) }))
  if (faults.length > 0) process.exitCode = 1
}

async function drillFaults(only: readonly string[]): Promise<void> {
  const known = await knownFaults()
  const unknown = only.filter((name) => !known.some((fault) => fault.name === name))
  if (unknown.length > 0) {
    console.error(`There is no fault ${unknown.join(', ')}. --list tells all ${known.length}.`)
    process.exitCode = 2
    return
  }
  if (values.list) {
    for (const fault of known) {
      const { outcome, why } = createPlan(fault)
      console.log(values.json ? JSON.stringify({ fault: fault.name, outcome, why }) : line(fault.name, outcome, why))
    }
    if (!values.json) console.log(`${known.length} faults`)
    return
  }
  const { lines } = await drill((name) => only.length === 0 || only.includes(name), say)
  for (const each of lines) console.log(JSON.stringify(each))
  const failed = lines.filter(({ faults }) => faults !== undefined)
  say(`${lines.length} of ${known.length} faults, ${failed.length} not as promised`)
  if (failed.length > 0 || lines.length === 0) process.exitCode = 1
}

function line(name: string, outcome: string, why: string | undefined): string {
  return `${name.padEnd(36)} ${outcome}${why === undefined ? '' : `: ${why}`}`
}
