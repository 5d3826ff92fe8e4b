import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { type Applications, createApplications } from './applications.ts'
import { type Consents, createConsents } from './consents.ts'
import { createPeople, type People } from './people.ts'

export interface Directory {
  people: People
  applications: Applications
  consents: Consents
}

export function createDirectory(database: Database, clock: Clock): Directory {
  return {
    people: createPeople(database),
    applications: createApplications(database, clock),
    consents: createConsents(database, clock),
  }
}
