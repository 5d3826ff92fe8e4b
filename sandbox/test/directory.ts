/** The seeded directory with a clock that only a test moves. */
import type { MovableClock } from '../src/kernel/clock.ts'
import { type Database, openDatabase } from '../src/kernel/database.ts'
import { createDirectory, type Directory, seedTenants, type Tenant, type User } from '../src/tenants/index.ts'

export interface DirectoryForTest {
  database: Database
  directory: Directory
  clock: MovableClock
  contoso: Tenant
  fabrikam: Tenant
  ada: User
  anna: User
  ben: User
  carla: User
  /** Carla's guest account at Contoso. */
  guest: User
}

export function directoryForTest(): DirectoryForTest {
  const database = openDatabase(':memory:')
  const clock = standingClock(Date.parse('2026-11-02T09:00:00Z'))
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const { people } = directory
  const contoso = people.findTenant('contoso.example')!
  const person = (address: string) => people.findUserInTenant(contoso.id, address)!
  return {
    database,
    directory,
    clock,
    contoso,
    fabrikam: people.findTenant('fabrikam.example')!,
    ada: person('ada@contoso.example'),
    anna: person('anna@contoso.example'),
    ben: person('ben@contoso.example'),
    carla: people.findUserByAddress('carla@fabrikam.example')!,
    guest: person('carla@fabrikam.example'),
  }
}

function standingClock(startsAt: number): MovableClock {
  const listeners: (() => void)[] = []
  let offsetMs = 0
  return {
    now: () => new Date(startsAt + offsetMs),
    get offsetMs() {
      return offsetMs
    },
    move(byMs) {
      offsetMs += byMs
      for (const listener of listeners) listener()
    },
    onMove: (listener) => void listeners.push(listener),
  }
}
