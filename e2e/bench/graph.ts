import type { Bench } from '../../scripts/bench/figures.ts'
import { killedImport } from '../import/killed-import.ts'

/** An import over Graph that is killed in the middle: what it asks of Microsoft, and how soon something is there. */
export async function graph({ quick, tell, say }: Bench): Promise<void> {
  const figures = await killedImport(quick ? 1000 : 5000, say)
  if (figures.faults.length > 0) throw new Error(figures.faults.join('\n'))
  const { graphRequestsPer1000, messagesPerSecond, newest50ShownAfterMs, peakMemoryMb } = figures
  tell({
    name: 'Graph requests for 1,000 messages',
    value: graphRequestsPer1000,
    unit: 'requests',
    wanted: { atMost: 15 },
  })
  tell({ name: 'import over Graph, the sandbox beside it', value: messagesPerSecond, unit: '1/s' })
  tell({ name: 'newest 50 shown', value: newest50ShownAfterMs, unit: 'ms', wanted: { atMost: 2000 } })
  tell({ name: 'highest memory of the server', value: peakMemoryMb, unit: 'MB' })
}
