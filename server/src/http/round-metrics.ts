import { Gauge, type Registry } from 'prom-client'
import { roundFigures } from '../kernel/rounds.ts'

/** Registers metrics for the recurring tasks of this process, read at each scrape. */
export function registerRoundMetrics(registry: Registry): void {
  new Gauge({
    name: 'postkey_round_seconds_running',
    help: 'How long the current round of a recurring task has been running; 0 when none runs',
    labelNames: ['task'],
    registers: [registry],
    collect() {
      for (const { name, runningMs = 0 } of roundFigures()) this.set({ task: name }, runningMs / 1000)
    },
  })
  new Gauge({
    name: 'postkey_rounds_abandoned',
    help: 'Rounds of a recurring task that went over their deadline since the process began',
    labelNames: ['task'],
    registers: [registry],
    collect() {
      for (const { name, abandoned } of roundFigures()) this.set({ task: name }, abandoned)
    },
  })
}
