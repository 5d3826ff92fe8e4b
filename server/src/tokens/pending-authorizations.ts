import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type AuthorizationId, type CloudProviderId, type GrantId, newId, type SignInLinkId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import { IS_UNFINISHED, type KeptOutcome } from './unfinished-sign-ins.ts'

/** Time for password, MFA and consent; Microsoft's codes live as long. */
const LIFETIME_MS = 10 * 60 * 1000
/** Period in which an ended authorization is kept, to show "used already" or "too late" instead of "unknown". */
const KEPT_MS = 24 * 60 * 60 * 1000
/**
 * 256 bits: infeasible to guess for a state (RFC 6749 §10.10), and 43 characters for a code verifier (RFC 7636 §4.1).
 */
const STRENGTH_BYTES = 32

/** A pending authorization. */
export interface PendingAuthorization {
  id: AuthorizationId
  cloudProviderId: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  codeVerifier: Secret
  nonceHash: Buffer
  redirectUri: string
  scopesRequested: readonly string[]
  requestedAddress: string | undefined
  requestedKind: 'user' | 'shared' | undefined
  reconnectGrantId: GrantId | undefined
  startedBy: string
  /** The link that started it, if any. */
  signInLinkId: SignInLinkId | undefined
  /** Authority of the sign-in page; undefined if an older version started it. */
  authority: string | undefined
  /** True for a sign-in that proves a reported admin consent. */
  provesConsent: boolean
}

/** Parameters for Microsoft; only hashes and the sealed verifier are stored here. */
export interface SentAlong {
  state: string
  nonce: string
  codeChallenge: string
}

export interface PendingAuthorizations {
  add(
    pending: Omit<PendingAuthorization, 'id' | 'codeVerifier' | 'nonceHash'>,
    sessionHash: Uint8Array,
  ): Promise<SentAlong>

  /**
   * Takes the authorization with this state, once, for the session that started it. A call from another session fails
   * and uses nothing up.
   *
   * @throws {AppError} `tokens.state_unknown`, `tokens.state_foreign`, `tokens.state_used`, `tokens.state_expired`
   */
  take(state: string, sessionHash: Uint8Array): Promise<PendingAuthorization>

  /** Returns the link of any stored state, including used and expired ones. */
  findLinkOf(state: string): Promise<SignInLinkId | undefined>

  setOutcome(
    id: AuthorizationId,
    outcome: { kind: string; code?: string } | ({ kind: 'granted' } & KeptOutcome),
    tx?: Tx,
  ): Promise<void>
}

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
const unguessable = (): string => randomBytes(STRENGTH_BYTES).toString('base64url')

/**
 * Maximum authorizations per link within ten minutes. Each failed attempt starts another one, and several browsers may
 * have the link.
 */
const MAX_PER_LINK = 20

/** Throws if a link has `max` unexpired sign-ins. Locks the link, so that concurrent requests are counted correctly. */
export async function limitOfLink(
  tx: Tx,
  {
    table,
    linkId,
    max,
    now,
  }: { table: 'authorizations' | 'device_sign_ins'; linkId: SignInLinkId; max: number; now: Date },
): Promise<void> {
  await tx.selectFrom('sign_in_links').select('id').where('id', '=', linkId).forUpdate().executeTakeFirst()
  const { count, first } = await tx
    .selectFrom(table)
    .select(({ fn }) => [fn.countAll<string>().as('count'), fn.min('expires_at').as('first')])
    .where('sign_in_link_id', '=', linkId)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  if (Number(count) < max) return
  const waitMs = first.getTime() - now.getTime()
  throw new AppError('tokens.sign_in_link_busy', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) })
}

export function createPendingAuthorizations(database: Database, keyRing: KeyRing, clock: Clock): PendingAuthorizations {
  const { db } = database
  const verifierContext = (id: AuthorizationId) => `authorizations.code_verifier:${id}`

  return {
    async add(pending, sessionHash) {
      const now = clock.now()
      const id = newId<AuthorizationId>()
      const [state, nonce, verifier] = [unguessable(), unguessable(), unguessable()]
      const { sealed, keyId } = keyRing.seal(new Secret(verifier), verifierContext(id))
      await db
        .deleteFrom('authorizations')
        .where('expires_at', '<', new Date(now.getTime() - KEPT_MS))
        .where((eb) => eb.not(IS_UNFINISHED))
        .execute()
      const row = {
        id,
        state_hash: sha256(state),
        session_hash: Buffer.from(sessionHash),
        cloud_provider_id: pending.cloudProviderId,
        kind: pending.kind,
        code_verifier: sealed,
        key_id: keyId,
        nonce_hash: sha256(nonce),
        redirect_uri: pending.redirectUri,
        scopes_wanted: [...pending.scopesRequested],
        wanted_address: pending.requestedAddress ?? null,
        wanted_kind: pending.requestedKind ?? null,
        reconnect_grant_id: pending.reconnectGrantId ?? null,
        started_by: pending.startedBy,
        sign_in_link_id: pending.signInLinkId ?? null,
        authority: pending.authority ?? null,
        proves_consent: pending.provesConsent,
        expires_at: new Date(now.getTime() + LIFETIME_MS),
      }
      const { signInLinkId: linkId } = pending
      await database.transaction(async (tx) => {
        if (linkId !== undefined) await limitOfLink(tx, { table: 'authorizations', linkId, max: MAX_PER_LINK, now })
        await tx.insertInto('authorizations').values(row).execute()
      })
      return { state, nonce, codeChallenge: sha256(verifier).toString('base64url') }
    },

    async take(state, sessionHash) {
      const now = clock.now()
      const session = Buffer.from(sessionHash)
      // One statement, so that only one of two callers with the same state gets it.
      const row = await db
        .updateTable('authorizations')
        .set({ consumed_at: now })
        .where('state_hash', '=', sha256(state))
        .where('session_hash', '=', session)
        .where('consumed_at', 'is', null)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst()
      if (row) return pendingOf(row)

      const why = await db
        .selectFrom('authorizations')
        .select(['session_hash', 'consumed_at'])
        .where('state_hash', '=', sha256(state))
        .executeTakeFirst()
      if (!why) throw new AppError('tokens.state_unknown')
      if (!why.session_hash.equals(session)) throw new AppError('tokens.state_foreign')
      throw why.consumed_at === null ? new AppError('tokens.state_expired') : new AppError('tokens.state_used')
    },

    async findLinkOf(state) {
      const row = await db
        .selectFrom('authorizations')
        .select('sign_in_link_id')
        .where('state_hash', '=', sha256(state))
        .executeTakeFirst()
      return row?.sign_in_link_id ?? undefined
    },

    async setOutcome(id, outcome, tx) {
      await (tx ?? db)
        .updateTable('authorizations')
        .set({ outcome: JSON.stringify(outcome) })
        .where('id', '=', id)
        .execute()
    },
  }

  function pendingOf(row: Selectable<Schema['authorizations']>): PendingAuthorization {
    return {
      id: row.id,
      cloudProviderId: row.cloud_provider_id,
      kind: row.kind,
      codeVerifier: keyRing.open({ sealed: row.code_verifier, keyId: row.key_id }, verifierContext(row.id)),
      nonceHash: row.nonce_hash,
      redirectUri: row.redirect_uri,
      scopesRequested: row.scopes_wanted,
      requestedAddress: row.wanted_address ?? undefined,
      requestedKind: row.wanted_kind ?? undefined,
      reconnectGrantId: row.reconnect_grant_id ?? undefined,
      startedBy: row.started_by,
      signInLinkId: row.sign_in_link_id ?? undefined,
      authority: row.authority ?? undefined,
      provesConsent: row.proves_consent,
    }
  }
}
