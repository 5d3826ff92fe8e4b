import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createAudit, type Audit } from '../audit/index.ts'
import { createKnownDevices } from './known-devices.ts'
import { createPasswordQueue } from './password-queue.ts'
import { createSignInLimits } from './sign-in-limits.ts'
import { createSignInLibrary } from './sign-in-library.ts'
import { createPersonLinks, type PersonLinks } from './person-links.ts'
import { createPeopleList, passwordOf, type People } from './people.ts'
import { createSessions, type Sessions } from './sessions.ts'

export interface PeopleOptions {
  database: Database
  clock: Clock
  /** Public URL of this installation. Links start with it, and its protocol decides whether cookies are Secure. */
  publicUrl: URL
  /** Signs session cookies. It must be the same in every process; changing it signs all users out. */
  sessionSecret: Secret
  log: Log
}

export interface PeopleRoom {
  people: People
  sessions: Sessions
  links: PersonLinks
  apiKeys: ApiKeys
  audit: Audit
}

export function createPeople({ database, clock, publicUrl, sessionSecret, log }: PeopleOptions): PeopleRoom {
  const library = createSignInLibrary({ database, publicUrl, sessionSecret })
  const passwordQueue = createPasswordQueue()
  const audit = createAudit(database, clock)
  const people = createPeopleList({ database, clock, audit })
  return {
    people,
    audit,
    sessions: createSessions({
      ...{ database, clock, library, people, passwordQueue, log },
      limits: createSignInLimits(database, sessionSecret),
      knownDevices: createKnownDevices({
        ...{ clock, publicUrl, sessionSecret },
        credentialOf: async (email) => {
          const password = await passwordOf(database.db, email)
          return password && (password.hash ?? password.id)
        },
      }),
    }),
    links: createPersonLinks({
      database,
      clock,
      audit,
      publicUrl,
      passwordQueue,
      hashPassword: library.hashPassword,
    }),
    apiKeys: createApiKeys({ database, clock, audit, log }),
  }
}
