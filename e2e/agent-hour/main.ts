/**
 * Works an hour of an agent by keyboard in Chromium, and measures presence and counters.
 * Usage: npm run --silent agent-hour -- [hour|presence]
 *
 * One JSON line per measurement. It changes nothing outside of a new installation in a temporary folder.
 */
import { loadavg } from 'node:os'
import { startHour } from './hour-stage.ts'
import { workAnHour } from './hour.ts'
import { measurePresence } from './presence.ts'

const MEASUREMENTS = { hour: workAnHour, presence: measurePresence }
const names = Object.keys(MEASUREMENTS) as (keyof typeof MEASUREMENTS)[]
const wanted = process.argv.slice(2)
if (wanted.some((name) => !names.includes(name as never))) {
  console.error('Usage: npm run --silent agent-hour -- [hour|presence]')
  process.exitCode = 2
} else {
  for (const name of names.filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const stage = await startHour()
    try {
      const loadBefore = loadavg()[0]
      const figures = await MEASUREMENTS[name](stage)
      console.log(JSON.stringify({ measurement: name, ...figures, load: { before: loadBefore, after: loadavg()[0] } }))
    } finally {
      await stage.stop()
    }
  }
}
