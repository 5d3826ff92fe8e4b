import { randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Directory } from '../tenants/index.ts'
import { CATALOGUE } from './catalogue.ts'
import type { Fault, Values } from './fault.ts'
import { FaultsError } from './faults-error.ts'
import { readOptions } from './options.ts'
import type { Effects, Point, Subject } from './points.ts'
import { createSwitchTable, type Switch } from './switch-table.ts'
import { concerns, readTarget } from './target.ts'

/** A fault that concerns a subject, and what it does there. */
export interface Met<P extends Point> {
  effect: Effects[P]
  /** Notes that Microsoft showed it, now and in this call. */
  reveal(): void
}

/** What the rooms that play Microsoft ask. */
export interface FaultsAsked {
  /** The latest fault switched on that has an effect at this point for this subject, without showing it yet. */
  find<P extends Point>(point: P, subject: Subject): Met<P> | undefined
  /** The same, and shows it: the place will answer so. */
  ask<P extends Point>(point: P, subject: Subject): Effects[P] | undefined
  /** Calls `listener` for each fault that is switched on from now on. */
  onSwitchedOn(listener: (fault: Fault, on: Switch) => void): void
  /** What a fault that was just switched on does at a point that nobody asks about by itself. */
  effectOf<P extends Point>(point: P, on: Switch, subject: Subject): Met<P> | undefined
  /** Calls `listener` whenever a fault is switched off or ends by itself; returns what stops that. */
  onSwitchedOff(listener: () => void): () => void
}

/** What whoever rehearses uses. */
export interface Faults extends FaultsAsked {
  readonly catalogue: readonly Fault[]
  /** @throws {FaultsError} */
  switchOn(name: string, on?: unknown, options?: unknown): Switch
  /** @throws {FaultsError} 404 */
  switchOff(id: string): void
  switchAllOff(): void
  /** The latest first. */
  listOn(): Switch[]
  /** Also those of switches that are off again. @throws {FaultsError} 404 */
  callsOf(id: string): { at: number; call: string }[]
}

export function createFaults(database: Database, clock: Clock, directory: Directory): Faults {
  const byName = new Map(CATALOGUE.map((fault) => [fault.name, fault]))
  const table = createSwitchTable(database)
  const switchedOn: ((fault: Fault, on: Switch) => void)[] = []
  const switchedOff = new Set<() => void>()
  // Asked at every request: kept at hand, the latest first. Only this process writes the file.
  let current = table.listOn()

  function reload(): void {
    current = table.listOn()
  }

  function ended(): void {
    reload()
    for (const listener of [...switchedOff]) listener()
  }

  function effectOf<P extends Point>(point: P, on: Switch, subject: Subject): Met<P> | undefined {
    const fault = byName.get(on.name)
    const effect = fault?.effects[point] as ((values: Values, context: unknown) => Effects[P] | undefined) | undefined
    if (!fault || !effect || !concerns(on.target, subject)) return undefined
    if (fault.sparesNewer && !(subject.bornAt !== undefined && subject.bornAt <= on.since)) return undefined
    const made = effect(on.options, { since: on.since, subject })
    return made === undefined ? undefined : { effect: made, reveal: () => reveal(on.id, subject.call) }
  }

  function reveal(id: string, call: string): void {
    if (table.record(id, clock.now().getTime(), call)) ended()
  }

  const faults: Faults = {
    catalogue: CATALOGUE,
    find(point, subject) {
      for (const on of current) {
        const met = effectOf(point, on, subject)
        if (met) return met
      }
      return undefined
    },
    ask(point, subject) {
      const met = faults.find(point, subject)
      met?.reveal()
      return met?.effect
    },
    effectOf,
    onSwitchedOn(listener) {
      switchedOn.push(listener)
    },
    onSwitchedOff(listener) {
      switchedOff.add(listener)
      return () => switchedOff.delete(listener)
    },
    switchOn(name, on, options) {
      const fault = byName.get(name)
      if (!fault) throw new FaultsError(404, `There is no fault “${name}”. GET /api/faults lists them.`, 'name')
      const { values, times } = readOptions(options, fault)
      const made: Switch = {
        id: randomUUID(),
        name,
        target: readTarget(on, fault, directory),
        options: values,
        times,
        since: clock.now().getTime(),
        met: 0,
      }
      table.add(made)
      reload()
      for (const listener of switchedOn) listener(fault, made)
      return table.find(made.id)!
    },
    switchOff(id) {
      if (!table.end(id, clock.now().getTime())) throw new FaultsError(404, 'No fault with this id is on.')
      ended()
    },
    switchAllOff() {
      table.endAll(clock.now().getTime())
      ended()
    },
    listOn: () => table.listOn(),
    callsOf(id) {
      if (!table.find(id)) throw new FaultsError(404, 'No fault with this id was ever on.')
      return table.calls(id)
    },
  }
  return faults
}
