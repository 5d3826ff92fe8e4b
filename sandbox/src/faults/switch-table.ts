import type { Database } from '../kernel/database.ts'
import type { Values } from './fault.ts'
import type { Target } from './target.ts'

/** A fault that is on or was on. */
export interface Switch {
  id: string
  /** Name of the fault. */
  name: string
  target: Target
  options: Values
  /** Number of calls after which the fault ends; 0 for no limit. */
  times: number
  since: number
  /** Number of calls in which the fault was shown. */
  met: number
}

/** Maximum number of recent calls per switch, so that a fault left on overnight does not fill the file. */
const MOST_CALLS = 1000
/** Maximum number of ended switches, which are kept for their calls. */
const MOST_ENDED = 1000

interface Row {
  id: string
  name: string
  target: string
  options: string
  times: number
  since: number
  met: number
}

export function createSwitchTable(database: Database) {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS faults (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, target TEXT NOT NULL,
      options TEXT NOT NULL, times INTEGER NOT NULL, since INTEGER NOT NULL, met INTEGER NOT NULL, ended_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS fault_calls (
      number INTEGER PRIMARY KEY, fault_id TEXT NOT NULL REFERENCES faults (id) ON DELETE CASCADE,
      at INTEGER NOT NULL, call TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS fault_calls_fault ON fault_calls (fault_id, number);`)

  const toSwitch = ({ target, options, id, name, times, since, met }: Row): Switch => ({
    id,
    name,
    target: JSON.parse(target) as Target,
    options: JSON.parse(options) as Values,
    times,
    since,
    met,
  })

  return {
    add({ id, name, target, options, times, since }: Switch): void {
      database.run(
        'INSERT INTO faults (id, name, target, options, times, since, met) VALUES (?, ?, ?, ?, ?, ?, 0)',
        id,
        name,
        JSON.stringify(target),
        JSON.stringify(options),
        times,
        since,
      )
      database.run(
        `DELETE FROM faults WHERE ended_at IS NOT NULL AND number <=
           (SELECT number FROM faults WHERE ended_at IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?)`,
        MOST_ENDED,
      )
    },
    /** Active faults, the latest first. */
    listOn: () =>
      database.all<Row>('SELECT * FROM faults WHERE ended_at IS NULL ORDER BY number DESC').map((row) => toSwitch(row)),
    find(id: string): Switch | undefined {
      const row = database.get<Row>('SELECT * FROM faults WHERE id = ?', id)
      return row && toSwitch(row)
    },
    /** Ends a switch; true if it was on. */
    end: (id: string, at: number) =>
      database.run('UPDATE faults SET ended_at = ? WHERE id = ? AND ended_at IS NULL', at, id).changes === 1,
    endAll(at: number): void {
      database.run('UPDATE faults SET ended_at = ? WHERE ended_at IS NULL', at)
    },
    /** Records a call; true if it was the last before the fault ends. */
    record(id: string, at: number, call: string): boolean {
      return database.transaction(() => {
        database.run('INSERT INTO fault_calls (fault_id, at, call) VALUES (?, ?, ?)', id, at, call)
        database.run(
          `DELETE FROM fault_calls WHERE fault_id = ? AND number <=
             (SELECT number FROM fault_calls WHERE fault_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`,
          id,
          id,
          MOST_CALLS,
        )
        database.run('UPDATE faults SET met = met + 1 WHERE id = ?', id)
        const spent = 'UPDATE faults SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND times > 0 AND met >= times'
        return database.run(spent, at, id).changes === 1
      })
    },
    /** Token refreshes, oldest first. */
    calls: (id: string) =>
      database.all<{ at: number; call: string }>(
        'SELECT at, call FROM fault_calls WHERE fault_id = ? ORDER BY number',
        id,
      ),
  }
}
