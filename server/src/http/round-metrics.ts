import { Gauge, type Registry } from 'prom-client'
import { roundFigures } from '../kernel/rounds.ts'

/** Registers metrics for the recurring tasks of this process, read at each scrape. */
export function registerRoundMetrics(registry: Registry): void {
  new Gauge({
    name: 'postkey_round_seconds_running',
    help: 'Seconds since the start of the current round of a recurring task; 0 when none runs',
    labelNames: ['task'],
    registers: [registry],
    collect() {
      for (const { name, runningMs = 0 } of roundFigures()) this.set({ task: name }, runningMs / 1000)
    },
  })
  new Gauge({
    name: 'postkey_rounds_abandoned',
    help: 'Number of rounds of a recurring task that exceeded their deadline since the process started',
    labelNames: ['task'],
    registers: [registry],
    collect() {
      for (const { name, abandoned } of roundFigures()) this.set({ task: name }, abandoned)
    },
  })
}
