/** The seeded directory with a clock that stands still until a test moves it. */
import type { Clock } from '../kernel/clock.ts'
import { openDatabase } from '../kernel/database.ts'
import { createDirectory, type Directory, seedTenants, type Tenant, type User } from '../tenants/index.ts'

export interface DirectoryForTest {
  directory: Directory
  clock: Clock & { move(ms: number): void }
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
  let now = Date.parse('2026-11-02T09:00:00Z')
  const clock = { now: () => new Date(now), move: (ms: number) => void (now += ms) }
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const { people } = directory
  const contoso = people.findTenant('contoso.example')!
  const person = (address: string) => people.findUserInTenant(contoso.id, address)!
  return {
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
