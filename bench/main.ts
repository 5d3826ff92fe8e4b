/**
 * Speed of Postkey, measured from outside, each figure next to a baseline by the plainest means in the same run. One
 * line of JSON per figure: `{ name, value, unit, target?, met?, baseline?, ratio? }`.
 * Usage: npm run --silent bench [-- [--quick] [--compare FILE] [part …]]; without a part, all of them except
 * `backup`, `explain`, `flood`, `growth`, `retention` and `webhooks`, in ten minutes on two cores. `--compare` adds the values of an earlier
 * run and the ratios to them. The output is always JSON.
 *
 * It judges nothing and ends with 0 when everything was measured: on a busy machine, only ratios and CPU seconds say
 * something about Postkey.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { backup } from './backup.ts'
import { browser } from './browser.ts'
import { besideEarlier, readEarlier } from './compare.ts'
import { toLine, type Bench, type Figure } from './figures.ts'
import { flood } from './flood.ts'
import { imapImport } from './imap-import.ts'
import { idle } from './idle.ts'
import { inbox } from './inbox.ts'
import { explain } from './explain.ts'
import { graph } from './graph.ts'
import { hostile } from './hostile.ts'
import { outflow } from './outflow.ts'
import { people } from './people.ts'
import { reading } from './read-lists.ts'
import { growth, retention } from './retention.ts'
import { sandbox } from './sandbox.ts'
import { submissions } from './submissions.ts'
import { webhooks } from './webhooks.ts'

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  import: imapImport,
  idle,
  reading,
  inbox,
  people,
  hostile,
  submissions,
  outflow,
  graph,
  sandbox,
  browser,
}

/** Parts that run only when they are named. */
const NAMED: typeof PARTS = { backup, explain, flood, growth, retention, webhooks }

const MOST_SECONDS = 600

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean' },
    compare: { type: 'string' },
  },
  allowPositionals: true,
})
const earlier = readEarlier(values.compare === undefined ? '' : readFileSync(values.compare, 'utf8'))
const all = { ...PARTS, ...NAMED }
const unknown = positionals.filter((name) => !(name in all))
if (unknown.length > 0) {
  console.error(`No part is called ${unknown.join(', ')}. Parts: ${Object.keys(all).join(', ')}`)
  process.exitCode = 2
} else {
  const isWhole = positionals.length === 0
  const allMs = await timed(async () => {
    for (const name of isWhole ? Object.keys(PARTS) : positionals) await run(name)
  })
  report('all', {
    name: 'duration',
    value: allMs / 1000,
    unit: 's',
    ...(isWhole && { wanted: { atMost: MOST_SECONDS } }),
  })
}

async function run(name: string): Promise<void> {
  try {
    const tell = (figure: Figure) => report(name, figure)
    const say = (line: string) => console.error(`${name}: ${line}`)
    const ms = await timed(() => all[name]!({ quick: values.quick, tell, say }))
    tell({ name: 'duration', value: ms / 1000, unit: 's' })
  } catch (error) {
    process.exitCode = 1
    console.error(`${name}: ${error instanceof Error ? error.stack : String(error)}`)
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const beganAt = performance.now()
  await work()
  return performance.now() - beganAt
}

function report(part: string, figure: Figure): void {
  console.log(JSON.stringify(besideEarlier({ part, ...toLine(figure) }, earlier)))
}
