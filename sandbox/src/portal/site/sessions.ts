/**
 * Who is signed in to the portal, kept in memory: after a restart people sign in once more, mostly without noticing,
 * for Entra ID still knows them.
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import type { Directory, Tenant, User } from '../../tenants/index.ts'

export interface Session {
  id: string
  tenantId: string
  /** The account in that directory; a guest's, where the person is a guest. */
  userId: string
  startedAt: number
  /** Shown on the next page and then forgotten. */
  notice: string | undefined
  /** The value of a new client secret, shown on the next page of its application and never again. */
  newSecret: { appId: string; keyId: string; value: string } | undefined
}

export interface Sessions {
  start(person: User): Session
  /** The session and its person, unless it ended: by time, by revocation, or because the account was disabled. */
  find(id: string | undefined): { session: Session; person: User; tenant: Tenant } | undefined
  end(id: string | undefined): void
}

const LIFETIME_MS = 8 * 60 * 60 * 1000
const MAX_SESSIONS = 1000

export function createSessions(clock: Clock, { people }: Directory): Sessions {
  const sessions = new Map<string, Session>()

  function isAlive({ startedAt }: Session, person: User): boolean {
    if (clock.now().getTime() - startedAt > LIFETIME_MS || !person.accountEnabled) return false
    const home = person.homeUserId === undefined ? person : people.findUser(person.homeUserId)
    return home !== undefined && home.accountEnabled && home.tokensValidFrom <= startedAt
  }

  return {
    start(person) {
      const oldest = sessions.keys().next().value
      if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest)
      const session: Session = {
        id: randomBytes(32).toString('base64url'),
        tenantId: person.tenantId,
        userId: person.id,
        startedAt: clock.now().getTime(),
        notice: undefined,
        newSecret: undefined,
      }
      sessions.set(session.id, session)
      return session
    },
    find(id) {
      const session = id === undefined ? undefined : sessions.get(id)
      if (!session) return undefined
      const person = people.findUser(session.userId)
      const tenant = people.findTenant(session.tenantId)
      if (person && tenant && isAlive(session, person)) return { session, person, tenant }
      sessions.delete(session.id)
      return undefined
    },
    end(id) {
      if (id !== undefined) sessions.delete(id)
    },
  }
}
