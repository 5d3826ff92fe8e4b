/**
 * Sessions of the portal, in memory. After a restart, users are signed in again by their session at Entra ID, usually
 * without a prompt.
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import type { Directory, Tenant, User } from '../../tenants/index.ts'

export interface Session {
  id: string
  tenantId: string
  /** Account in that directory; for a guest, the guest account. */
  userId: string
  startedAt: number
  /** Notice for the next page, shown once. */
  notice: string | undefined
  /** Value of a new client secret, shown once on the next page of its application. */
  newSecret: { appId: string; keyId: string; value: string } | undefined
}

export interface Sessions {
  start(person: User): Session
  /** Finds a session and its user; `undefined` when it has expired, was revoked, or the account was disabled. */
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
