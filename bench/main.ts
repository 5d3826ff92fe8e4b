/**
 * Speed of Postkey, measured from outside, each figure next to a baseline by the plainest means in the same run. One
 * line of JSON per figure: `{ name, value, unit, target?, met?, baseline?, ratio? }`.
 * Usage: npm run --silent bench [-- [--quick] [--json] [part …]]; without a part, all of them. The output is JSON with or
 * without `--json`.
 *
 * It judges nothing and ends with 0 when everything was measured: on a busy machine, only ratios and CPU seconds say
 * something about Postkey.
 */
import { parseArgs } from 'node:util'
import { toLine, type Bench } from './figures.ts'
import { imapImport } from './imap-import.ts'
import { idle } from './idle.ts'
import { graph } from './graph.ts'
import { hostile } from './hostile.ts'
import { outflow } from './outflow.ts'
import { reading } from './read-lists.ts'
import { sandbox } from './sandbox.ts'
import { submissions } from './submissions.ts'

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  import: imapImport,
  idle,
  reading,
  hostile,
  submissions,
  outflow,
  graph,
  sandbox,
}

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.filter((name) => !(name in PARTS))
if (unknown.length > 0) {
  console.error(`No part is called ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}`)
  process.exitCode = 2
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
    try {
      await PARTS[name]!({
        quick: values.quick,
        tell: (figure) => console.log(JSON.stringify({ part: name, ...toLine(figure) })),
        say: (line) => console.error(`${name}: ${line}`),
      })
    } catch (error) {
      process.exitCode = 1
      console.error(`${name}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
}
