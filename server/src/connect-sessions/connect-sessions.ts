import { createHash, createHmac } from 'node:crypto'
import { advisoryLock, type Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { type ConnectSessionId, newId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import {
  type ConnectSession,
  type ConnectSessions,
  type NewConnectSession,
  SESSION_MS,
  type SessionRow,
  toSession,
  WAITING,
} from './connect-session.ts'
import type { ConnectSessionsDeps } from './deps.ts'
import type { ConnectSessionEnds } from './session-ends.ts'
import type { UsableReturnUrls } from './return-urls.ts'

interface SessionsDeps extends Omit<ConnectSessionsDeps, 'log' | 'keyRing'> {
  returnUrls: UsableReturnUrls
  ends: ConnectSessionEnds
  /** Return URL of a session with its signed result, if it has one that is still allowed. */
  resultUrl: (session: ConnectSession) => Promise<string | undefined>
}

/** Maximum number of sessions of one creator that wait for their owners. */
const MOST_WAITING = 1000

export function createSessions(deps: SessionsDeps): ConnectSessions {
  const { database, clock, audit, publicUrl, linkSecret, cloudProviders, signInLinks, authorizations } = deps
  const { returnUrls, connectRefusal, ends } = deps
  const { db } = database

  /** Derived from the id, so that a repeated request gets the same address although only a hash is stored. */
  function tokenOf(id: ConnectSessionId): Secret {
    return new Secret(createHmac('sha256', linkSecret.reveal()).update(`connect-session:${id}`).digest('base64url'))
  }

  /** The token is in the fragment, which is neither sent to a server nor logged by a proxy (RFC 3986 §3.5). */
  const urlOf = (token: Secret) => new Secret(new URL(`/connect#${token.reveal()}`, publicUrl).href)

  async function find(id: ConnectSessionId): Promise<SessionRow | undefined> {
    return db.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirst()
  }

  async function get(id: ConnectSessionId, createdBy?: string): Promise<ConnectSession> {
    const row = await find(id)
    if (!row || (createdBy !== undefined && row.created_by !== createdBy)) {
      throw new AppError('connect_sessions.not_found')
    }
    return toSession(row)
  }

  async function repeated(key: string, hash: Buffer) {
    const row = await db.selectFrom('connect_sessions').selectAll().where('request_key', '=', key).executeTakeFirst()
    if (!row) return undefined
    if (!row.request_hash.equals(hash)) throw new AppError('connect_sessions.key_reused')
    const session = toSession(row)
    const token = tokenOf(row.id)
    // After a change of the encryption key, the token is another one.
    const isOpen = await open(token).then(
      () => true,
      () => false,
    )
    return { session, url: isOpen ? urlOf(token) : undefined }
  }

  async function limitOf(tx: Tx, actor: string): Promise<void> {
    await advisoryLock('connect_sessions.add', actor).execute(tx)
    const { count, first } = await tx
      .selectFrom('connect_sessions')
      .select(({ fn }) => [fn.countAll<string>().as('count'), fn.min('expires_at').as('first')])
      .where('created_by', '=', actor)
      .where('status', 'in', WAITING)
      .where('signed_in_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(count) < MOST_WAITING) return
    const waitMs = first.getTime() - clock.now().getTime()
    throw new AppError('connect_sessions.too_many_waiting', {
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    })
  }

  async function add(wanted: NewConnectSession, actor: string, requestKey: string | undefined, hash: Buffer) {
    const { cloudProviderId, requestedAddress, displayName, kind } = wanted
    const returnTo = wanted.returnUrl === undefined ? undefined : await returnUrls.findAllowed(wanted.returnUrl)
    await cloudProviders.get(cloudProviderId)
    const id = newId<ConnectSessionId>()
    const token = tokenOf(id)
    const now = clock.now()
    const expiresAt = new Date(now.getTime() + SESSION_MS)
    const row = await database.transaction(async (tx) => {
      await limitOf(tx, actor)
      await signInLinks.addHosted(tx, { id, token, cloudProviderId, requestedAddress, createdBy: actor, expiresAt })
      const detail = { cloudProviderId, requestedAddress, displayName, returnTo: returnTo?.url }
      await audit.record(tx, { actor, action: 'connect_session.created', subject: id, detail })
      return tx
        .insertInto('connect_sessions')
        .values({
          id,
          status: 'open',
          request_key: requestKey ?? null,
          request_hash: hash,
          created_by: actor,
          created_at: now,
          expires_at: expiresAt,
          cloud_provider_id: cloudProviderId,
          wanted_kind: kind,
          wanted_address: requestedAddress ?? null,
          display_name: displayName,
          logo: wanted.logo ?? null,
          account_name: wanted.accountName ?? null,
          import_days: wanted.importDays ?? null,
          return_url: returnTo?.url ?? null,
          return_url_id: returnTo?.id ?? null,
          state: wanted.state ?? null,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return { session: toSession(row), url: urlOf(token) }
  }

  /** Finds the session of a token, and cancels it when its key has ended or its creator is no longer an admin. */
  async function open(token: Secret) {
    const { link } = await signInLinks.look(token, 'user')
    const row = await find(link.id)
    // Another browser may have signed in since the link was read.
    if (!row || row.signed_in_at !== null) throw new AppError('tokens.sign_in_link_over')
    const refusal = await connectRefusal(row.created_by)
    if (refusal) {
      await ends.cancel(row.id, 'postkey', refusal)
      throw new AppError('tokens.sign_in_link_over')
    }
    return row
  }

  return {
    async create(wanted, actor, key) {
      if (wanted.kind === 'shared' && wanted.requestedAddress === undefined) {
        throw new AppError('connect_sessions.address_missing', { field: 'requestedAddress' })
      }
      const hash = createHash('sha256').update(JSON.stringify(wanted)).digest()
      if (key === undefined) return add(wanted, actor, undefined, hash)
      const requestKey = `${actor}:${key}`
      return database.withLock(
        `connect-session-key:${requestKey}`,
        async () => (await repeated(requestKey, hash)) ?? add(wanted, actor, requestKey, hash),
      )
    },

    async list({ createdBy, before, limit }) {
      let query = db.selectFrom('connect_sessions').selectAll()
      if (createdBy !== undefined) query = query.where('created_by', '=', createdBy)
      if (before !== undefined) query = query.where('id', '<', before)
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      return { sessions: shown.map(toSession), next: rows.length > limit ? shown.at(-1)?.id : undefined }
    },

    get,

    async cancel(id, actor, createdBy) {
      await get(id, createdBy)
      if (!(await ends.cancel(id, actor))) throw new AppError('connect_sessions.over')
    },

    async look(token) {
      const row = await open(token)
      const signer = await returnUrls.signerOf(row.id)
      return {
        ...(await signInLinks.look(token, row.wanted_kind)),
        session: toSession(row),
        logo: row.logo ?? undefined,
        returnsTo: signer && new URL(signer.returnUrl).host,
      }
    },

    async begin(token, browserHash) {
      const row = await open(token)
      return authorizations.beginByLink(token, browserHash, row.wanted_kind)
    },

    async leave(token) {
      const session = toSession(await open(token))
      // Any holder of the link can leave, so the result doesn't report the attempts of others.
      return { url: await deps.resultUrl({ ...session, status: 'open', errorCode: undefined }) }
    },
  }
}
