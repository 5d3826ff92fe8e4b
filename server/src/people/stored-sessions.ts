import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Audit } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { deviceOf, originOf, type Device } from './devices.ts'
import { factorMissingFrom, missingFactor, type MissingFactor } from './policy/missing-factor.ts'
import type { SessionEnds } from './session-ends.ts'
import { endOfSession, FRESH_MS, LIFETIME_MS, type Session, type SignInClient, type SignInProof } from './session.ts'

/** Minimum time between two notes of the use of a session, so that reading doesn't write. */
const USE_NOTED_EVERY_MS = 5 * 60_000
/** Longest stored name of a browser, in UTF-16 units. */
const MAX_USER_AGENT = 300
/** Sessions of one person. The one that was not used for the longest time ends first. */
const MAX_SESSIONS = 100

/** A session as its owner sees it. */
export interface ListedSession extends Session {
  secondFactor: SignInProof['secondFactor']
  /** Address of the sign-in. */
  clientAddress: string
  device: Device
  lastSeenAt: Date
  expiresAt: Date
}

export interface StoredSession {
  personId: PersonId
  session: Session
  missingFactor: MissingFactor | undefined
}

export interface NewSession {
  session: Session
  token: string
}

/** A session that was just opened. */
export interface AddedSession extends NewSession {
  missingFactor: MissingFactor | undefined
}

export interface NewSessionOrigin {
  client: SignInClient
  isNewDevice: boolean
  claim?: SessionClaim | undefined
}

/** Throws when the proof of identity no longer holds. */
export type SessionClaim = (tx: Tx) => Promise<void>

export interface StoredSessionsDeps {
  database: Database
  clock: Clock
  audit: Audit
  ends: Pick<SessionEnds, 'end'>
  log: Log
}

export type StoredSessions = ReturnType<typeof createStoredSessions>

export function createStoredSessions({ database, clock, audit, ends, log }: StoredSessionsDeps) {
  const { db } = database

  function toSession(row: { id: string; method: Session['method']; signed_in_at: Date; fresh_at: Date }): Session {
    const isFresh = clock.now().getTime() - row.fresh_at.getTime() < FRESH_MS
    return { id: row.id, method: row.method, signedInAt: row.signed_in_at, freshAt: row.fresh_at, isFresh }
  }

  async function endTooMany(tx: Tx, id: PersonId): Promise<void> {
    const surplus = await tx
      .selectFrom('sessions')
      .select('id')
      .where('user_id', '=', id)
      .orderBy('last_seen_at', 'desc')
      .orderBy('id', 'desc')
      .offset(MAX_SESSIONS)
      .execute()
    const only = surplus.map((row) => row.id)
    await ends.end(tx, id, { reason: 'too-many', actor: 'postkey' }, { only })
  }

  /** Notes the use of a session, which moves its idle end. Only one of several requests writes. */
  async function noteUse(row: { id: string; role: string; signed_in_at: Date }): Promise<void> {
    const now = clock.now()
    try {
      await db
        .updateTable('sessions')
        .set({ last_seen_at: now, expires_at: endOfSession(row.role, row.signed_in_at, now), updated_at: now })
        .where('id', '=', row.id)
        .where('last_seen_at', '<=', new Date(now.getTime() - USE_NOTED_EVERY_MS))
        .execute()
    } catch (err) {
      // A database that refuses writes, for example on a full disk, must not refuse reading.
      log.warn({ err }, 'The use of a session could not be stored')
    }
  }

  return {
    /**
     * Adds a session with its audit entry. `claim` checks the proof of identity again: what ends sessions of the person
     * may have committed since.
     */
    add: (
      id: PersonId,
      { method, secondFactor, identityProviderId, ageMs = 0 }: SignInProof,
      { client, isNewDevice, claim }: NewSessionOrigin,
    ): Promise<AddedSession> =>
      database.transaction(async (tx) => {
        // An end of sessions waits for this lock, and deletes this session too.
        const person = await tx
          .selectFrom('users')
          .select('role')
          .where('id', '=', id)
          .where('removed_at', 'is', null)
          .forShare()
          .executeTakeFirst()
        if (!person) throw new AppError('people.not_found')
        await claim?.(tx)
        const now = clock.now()
        const provenAt = new Date(now.getTime() - Math.min(ageMs, LIFETIME_MS))
        const token = newToken()
        const { address, device } = originOf(client)
        const row = await tx
          .insertInto('sessions')
          .values({
            ...{ id: newId(), user_id: id, token, expires_at: endOfSession(person.role, now, now) },
            ...{ ip_address: address, user_agent: (client.userAgent ?? '').slice(0, MAX_USER_AGENT) },
            ...{ method, second_factor: secondFactor ?? null, identity_provider_id: identityProviderId ?? null },
            ...{ signed_in_at: now, fresh_at: provenAt, last_seen_at: now, created_at: now, updated_at: now },
          })
          .returning(['id', 'method', 'signed_in_at', 'fresh_at'])
          .executeTakeFirstOrThrow()
        await audit.record(tx, {
          ...{ actor: `person:${id}`, action: 'session.started', subject: id },
          detail: { method, secondFactor, address, device, isNewDevice },
        })
        await endTooMany(tx, id)
        const { missing } = await tx
          .selectFrom('sessions')
          .innerJoin('users', 'users.id', 'sessions.user_id')
          .where('sessions.id', '=', row.id)
          .select(factorMissingFrom.as('missing'))
          .executeTakeFirstOrThrow()
        return { session: toSession(row), token, missingFactor: missingFactor(missing, now) }
      }),

    /**
     * Returns the session of a token that has not expired.
     *
     * @param isUse  false for requests without a user, such as the check of an open event stream
     */
    async find(token: string, { isUse }: { isUse: boolean }): Promise<StoredSession | undefined> {
      const now = clock.now()
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .where('sessions.token', '=', token)
        .where('sessions.expires_at', '>', now)
        .where('users.removed_at', 'is', null)
        .select(['sessions.id', 'sessions.user_id', 'sessions.method', 'sessions.signed_in_at', 'sessions.fresh_at'])
        .select(['sessions.last_seen_at', 'users.role', factorMissingFrom.as('missing')])
        .executeTakeFirst()
      if (!row) return undefined
      if (isUse && now.getTime() - row.last_seen_at.getTime() >= USE_NOTED_EVERY_MS) await noteUse(row)
      const missing = missingFactor(row.missing, now)
      return { personId: row.user_id as PersonId, session: toSession(row), missingFactor: missing }
    },

    /** Returns the sessions of a person, at most {@link MAX_SESSIONS}, the last used first. */
    async list(id: PersonId): Promise<ListedSession[]> {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', id)
        .where('expires_at', '>', clock.now())
        .orderBy('last_seen_at', 'desc')
        .orderBy('id', 'desc')
        .execute()
      return rows.map((row) => ({
        ...toSession(row),
        ...{ secondFactor: row.second_factor ?? undefined, clientAddress: row.ip_address ?? '' },
        ...{ device: deviceOf(row.user_agent ?? ''), lastSeenAt: row.last_seen_at, expiresAt: row.expires_at },
      }))
    },

    /**
     * Makes a session as fresh as another proof of identity, with an audit entry. Returns false if it has ended meanwhile.
     */
    refresh: (
      sessionId: string,
      { method, secondFactor, ageMs = 0 }: SignInProof,
      client: SignInClient,
    ): Promise<boolean> =>
      database.transaction(async (tx) => {
        const now = clock.now()
        const provenAt = new Date(now.getTime() - Math.min(ageMs, LIFETIME_MS))
        const row = await tx
          .updateTable('sessions')
          // A proof that is older than the last one changes nothing.
          .set({ fresh_at: sql<Date>`GREATEST(fresh_at, ${provenAt}::timestamptz)`, updated_at: now })
          .where('id', '=', sessionId)
          .where('expires_at', '>', now)
          .returning('user_id')
          .executeTakeFirst()
        if (!row) return false
        await audit.record(tx, {
          ...{ actor: `person:${row.user_id}`, action: 'session.confirmed', subject: row.user_id },
          detail: { method, secondFactor, ...originOf(client) },
        })
        return true
      }),

    /** True for an open session of the person. Its end waits for the transaction. */
    async hold(tx: Tx, id: PersonId, sessionId: string): Promise<boolean> {
      // In the order of an end of sessions, which locks the person first.
      await tx.selectFrom('users').select('id').where('id', '=', id).forUpdate().execute()
      const row = await tx
        .selectFrom('sessions')
        .select('id')
        .where('id', '=', sessionId)
        .where('user_id', '=', id)
        .where('expires_at', '>', clock.now())
        .forShare()
        .executeTakeFirst()
      return row !== undefined
    },

    /** Gives a session another token, so that a copy of its cookie no longer counts. */
    async renew(tx: Tx, sessionId: string): Promise<NewSession | undefined> {
      const token = newToken()
      const row = await tx
        .updateTable('sessions')
        .set({ token, updated_at: clock.now() })
        .where('id', '=', sessionId)
        .returning(['id', 'method', 'signed_in_at', 'fresh_at'])
        .executeTakeFirst()
      return row && { session: toSession(row), token }
    },
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}
