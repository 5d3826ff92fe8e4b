import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from './figures.ts'
import { readExchanges, type Exchange } from '../proofs/canary/exchange.ts'
import { createControlPanel } from '../proofs/drill/control-panel.ts'
import { killedImport } from '../proofs/import/killed-import.ts'
import { plainDeltaRate } from './sandbox/delta-loop.ts'
import { onStage } from './stage.ts'

/** With fewer messages, the fixed requests outweigh the requests per page. */
const FEWEST = 2500
/** As large as those of the import. */
const SIZE_BYTES = 34 * 1024
/** Minutes of the idle hour that are measured. */
const STEPS = 30
const MINUTE_MS = 60_000
/** So long the server has at each step for what became due by it. */
const STEP_TAKES_MS = 1000

/** Requests to Microsoft: for an import, and for an idle mailbox. */
export async function graph(bench: Bench): Promise<void> {
  await idleHour(bench)
  await imported(bench)
}

/** Killed in the middle, and how soon something is there. */
async function imported({ quick, tell, say }: Bench): Promise<void> {
  const figures = await killedImport(quick ? FEWEST : 4000, say)
  if (figures.faults.length > 0) throw new Error(figures.faults.join('\n'))
  const { graphRequestsPer1000, messagesPerSecond, newest50ShownAfterMs, peakMemoryMb } = figures
  tell({
    name: 'Graph requests for 1,000 messages',
    value: graphRequestsPer1000,
    unit: 'requests',
    wanted: { atMost: 15 },
  })
  const baseline = await plainDeltaRate(FEWEST, SIZE_BYTES)
  tell({ name: 'import over Graph, the sandbox beside it', value: messagesPerSecond, unit: '1/s', baseline })
  tell({ name: 'newest 50 shown', value: newest50ShownAfterMs, unit: 'ms', wanted: { atMost: 1000 } })
  tell({ name: 'highest memory of the server', value: peakMemoryMb, unit: 'MB' })
}

/** One mailbox without new mail, while the clocks of both sides advance a minute at a time. */
async function idleHour(bench: Bench): Promise<void> {
  await onStage(
    bench,
    async ({ postkey }) => {
      const controlPanel = await createControlPanel(postkey.sandbox.controlPanel, postkey.address)
      const port = Number(new URL(postkey.sandbox.graph).port)
      const isOfGraph = (each: Exchange) => each.program === 'sandbox' && each.port === port
      const asked = () => readExchanges(postkey.place.exchanges).filter(isOfGraph).length
      // The work that follows a new mailbox is not idle time.
      await controlPanel.move(10 * MINUTE_MS)
      await pause(5 * STEP_TAKES_MS)
      const before = asked()
      for (let minute = 0; minute < STEPS; minute++) {
        await controlPanel.move(MINUTE_MS)
        await pause(STEP_TAKES_MS)
      }
      bench.tell({
        name: 'Graph requests of an idle mailbox',
        value: ((asked() - before) * 60) / STEPS,
        unit: 'in an hour',
      })
    },
    { record: 'heads' },
  )
}
