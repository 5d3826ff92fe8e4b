import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createAudit, type Audit } from '../audit/index.ts'
import { createPasswordQueue } from './password-queue.ts'
import { createSignInLibrary } from './sign-in-library.ts'
import { createPersonLinks, type PersonLinks } from './person-links.ts'
import { createPeopleList, type People } from './people.ts'
import { createSessions, type Sessions } from './sessions.ts'

export interface PeopleOptions {
  database: Database
  clock: Clock
  /** Where people reach us; decides whether cookies are Secure, and is what links begin with. */
  publicUrl: URL
  /** Signs session cookies. The same in every process, and another one signs everybody out. */
  sessionSecret: Secret
}

export interface PeopleRoom {
  people: People
  sessions: Sessions
  links: PersonLinks
  apiKeys: ApiKeys
  audit: Audit
}

export function createPeople({ database, clock, publicUrl, sessionSecret }: PeopleOptions): PeopleRoom {
  const library = createSignInLibrary({ database, publicUrl, sessionSecret })
  const passwordQueue = createPasswordQueue()
  const audit = createAudit(database, clock)
  const people = createPeopleList({ database, clock, audit })
  return {
    people,
    audit,
    sessions: createSessions({ library, clock, people, passwordQueue }),
    links: createPersonLinks({
      database,
      clock,
      audit,
      publicUrl,
      hashPassword: (password) => passwordQueue.run(() => library.hashPassword(password)),
    }),
    apiKeys: createApiKeys({ database, clock, audit }),
  }
}
