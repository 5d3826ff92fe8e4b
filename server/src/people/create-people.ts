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
import { createSecurityMail, type PersonalAlerts } from './security-mail.ts'
import { createSessions, type Sessions } from './sessions.ts'

export interface PeopleOptions {
  database: Database
  clock: Clock
  /** Public URL of this installation. Links start with it, and its protocol decides whether cookies are Secure. */
  publicUrl: URL
  /** Signs session cookies. It must be the same in every process; changing it signs all users out. */
  sessionSecret: Secret
  log: Log
  /** One of its own by default. */
  audit?: Audit
  /** Emails people about their accounts. Without it, no email is sent. */
  alerts?: PersonalAlerts
}

export interface PeopleRoom {
  people: People
  sessions: Sessions
  links: PersonLinks
  apiKeys: ApiKeys
  audit: Audit
}

export function createPeople(options: PeopleOptions): PeopleRoom {
  const { database, clock, publicUrl, sessionSecret, log, alerts = NO_ALERTS } = options
  const { audit = createAudit(database, clock) } = options
  const library = createSignInLibrary({ database, publicUrl, sessionSecret })
  const passwordQueue = createPasswordQueue()
  const people = createPeopleList({ database, clock, audit })
  const securityMail = createSecurityMail({ clock, publicUrl, alerts })
  return {
    people,
    audit,
    sessions: createSessions({
      ...{ database, clock, library, people, passwordQueue, securityMail, log },
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
      securityMail,
      hashPassword: library.hashPassword,
    }),
    apiKeys: createApiKeys({ database, clock, audit, log }),
  }
}

const NO_ALERTS: PersonalAlerts = { enqueue: () => Promise.resolve(false) }
