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

/** A fault that affects a subject, with its effect. */
export interface Met<P extends Point> {
  effect: Effects[P]
  /** Records that the fault was shown in this call. */
  reveal(): void
}

/** Fault checks for the modules that play Microsoft. */
export interface FaultsAsked {
  /** Latest fault with an effect on the subject at this point, without recording a call. */
  find<P extends Point>(point: P, subject: Subject): Met<P> | undefined
  /** Effect of the fault that {@link find} returns; records the call, because the response will show it. */
  ask<P extends Point>(point: P, subject: Subject): Effects[P] | undefined
  /** Registers a listener for each fault that is switched on from now on. */
  onSwitchedOn(listener: (fault: Fault, on: Switch) => void): void
  /** Effect of a fault that was just switched on, at a point without checks of its own. */
  effectOf<P extends Point>(point: P, on: Switch, subject: Subject): Met<P> | undefined
  /** Registers a listener for faults that are switched off or end; returns a function that removes it. */
  onSwitchedOff(listener: () => void): () => void
}

/** All operations on faults, for the control panel and tests. */
export interface Faults extends FaultsAsked {
  readonly catalogue: readonly Fault[]
  /** @throws {FaultsError} */
  switchOn(name: string, on?: unknown, options?: unknown): Switch
  /** @throws {FaultsError} 404 */
  switchOff(id: string): void
  switchAllOff(): void
  /** Active faults, the latest first. */
  listOn(): Switch[]
  /** Calls of a fault, even after it was switched off. @throws {FaultsError} 404 */
  callsOf(id: string): { at: number; call: string }[]
}

export function createFaults(database: Database, clock: Clock, directory: Directory): Faults {
  const byName = new Map(CATALOGUE.map((fault) => [fault.name, fault]))
  const table = createSwitchTable(database)
  const switchedOn: ((fault: Fault, on: Switch) => void)[] = []
  const switchedOff = new Set<() => void>()
  // Cached, because every request reads it; the latest first. Only this process writes the file.
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
      if (!fault) throw new FaultsError(404, `Unknown fault “${name}”. GET /api/faults lists all faults.`, 'name')
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
      if (!table.find(id)) throw new FaultsError(404, 'No fault with this id was ever switched on.')
      return table.calls(id)
    },
  }
  return faults
}
