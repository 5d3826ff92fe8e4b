/**
 * Requests to open a mailbox with a different user's sign-in.
 *
 * 1. A sign-in is unused until an admin accepts the request: no grant is created, and the mailbox keeps its own.
 * 2. It becomes a grant in the transaction that changes the mailbox, or not at all. If rejected or after a week, it is
 *    deleted with its tokens.
 * 3. A rotated refresh token is saved before use, under the lock of the request.
 */
import type { Selectable } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type EmailAccountId, type GrantId, newId, type PrincipalRequestId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { AccessToken, Grant } from './grant.ts'
import { toSignal } from './grant-states.ts'
import type { FreshGrant, KeptGrant, PostgresGrantVault } from './postgres-grant-vault.ts'
import type { Events } from '../events/index.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

const KEPT_MS = 7 * 24 * 60 * 60 * 1000

/** A request: the new person, the mailbox and the current principal. */
export interface PrincipalRequest extends Pick<
  Grant,
  'cloudProviderId' | 'tenantId' | 'objectId' | 'userName' | 'displayName'
> {
  id: PrincipalRequestId
  emailAccountId: EmailAccountId
  expectedGrantId: GrantId
  /** Actor who started the sign-in: `person:…`, or `link:…` for a guest. */
  startedBy: string
  createdAt: Date
  expiresAt: Date
}

export interface PrincipalRequests {
  /** Pending requests of one mailbox or of all, newest first. */
  list(emailAccountId?: EmailAccountId): Promise<PrincipalRequest[]>
  /** @throws {AppError} `tokens.principal_request_not_found` */
  get(id: PrincipalRequestId): Promise<PrincipalRequest>
  /**
   * Returns a valid token for trying the mailbox. @throws {AppError} `tokens.principal_request_over` if Microsoft has ended the
   * sign-in
   */
  accessToken(id: PrincipalRequestId): Promise<AccessToken>
  /** Creates a grant in one transaction with `also`; if that throws, nothing is stored. */
  accept(id: PrincipalRequestId, also: (tx: Tx, kept: KeptGrant) => Promise<void>): Promise<KeptGrant>
  dismiss(id: PrincipalRequestId, actor: string): Promise<void>
  /** Deletes requests without a decision after a week, with their tokens. */
  forgetOver(): Promise<void>
}

/** Functions for use within this room. */
export interface WritablePrincipalRequests extends PrincipalRequests {
  /** Stores a sign-in for an admin's decision. Replaces an earlier one of the same person for the same mailbox. */
  keep(
    fresh: FreshGrant,
    request: Pick<PrincipalRequest, 'emailAccountId' | 'expectedGrantId' | 'startedBy'>,
  ): Promise<PrincipalRequestId>
}

export interface PrincipalRequestsDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  audit: AuditLog
  events: Pick<Events, 'append'>
  vault: PostgresGrantVault
  tokenEndpoint: TokenEndpoint
}

type RequestRow = Selectable<Schema['principal_wishes']>

export function createPrincipalRequests(deps: PrincipalRequestsDeps): WritablePrincipalRequests {
  const { database, keyRing, clock, audit, events, vault, tokenEndpoint } = deps
  const { db } = database
  const context = (id: PrincipalRequestId) => `principal_wishes.refresh_token:${id}`

  async function row(id: PrincipalRequestId): Promise<RequestRow> {
    const found = await db
      .selectFrom('principal_wishes')
      .selectAll()
      .where('id', '=', id)
      .where('expires_at', '>', clock.now())
      .executeTakeFirst()
    if (!found) throw new AppError('tokens.principal_request_not_found')
    return found
  }

  const exclusively = <T>(id: PrincipalRequestId, work: (found: RequestRow) => Promise<T>): Promise<T> =>
    database.withLock(`principal-request:${id}`, async () => work(await row(id)))

  function grantOf(found: RequestRow): FreshGrant {
    return {
      ...requestOf(found),
      scopesRequested: found.scopes_wanted,
      scopesGranted: found.scopes_granted,
      refreshToken: keyRing.open({ sealed: found.refresh_token, keyId: found.key_id }, context(found.id)),
      refreshTokenAt: found.refresh_token_at,
      refreshTokenEndsAt: undefined,
      // Due at once, because it was last used when it was tried, up to a week ago.
      refreshDueAt: clock.now(),
      createdAt: found.created_at,
      accessTokens: {},
      // Set by the first refresh.
      cloud: undefined,
      authority: undefined,
    }
  }

  async function refresh(found: RequestRow): Promise<AccessToken> {
    let refreshed
    try {
      refreshed = await tokenEndpoint.refresh(grantOf(found), 'graph')
    } catch (error) {
      if (!(error instanceof AppError) || toSignal(error) !== 'failed-sign-in') throw error
      throw new AppError('tokens.principal_request_over', { cause: error, upstream: error.upstream })
    }
    const { accessToken, refreshToken, scopesGranted } = refreshed
    if (refreshToken) {
      const { sealed, keyId } = keyRing.seal(refreshToken, context(found.id))
      const now = clock.now()
      await db
        .updateTable('principal_wishes')
        .set({ refresh_token: sealed, key_id: keyId, refresh_token_at: now, scopes_granted: [...scopesGranted] })
        .where('id', '=', found.id)
        .execute()
    }
    if (!accessToken) throw new AppError('tokens.scope_not_granted')
    return accessToken
  }

  return {
    async list(emailAccountId) {
      let query = db.selectFrom('principal_wishes').selectAll().where('expires_at', '>', clock.now())
      if (emailAccountId !== undefined) query = query.where('email_account_id', '=', emailAccountId)
      return (await query.orderBy('created_at', 'desc').execute()).map(requestOf)
    },

    get: async (id) => requestOf(await row(id)),

    accessToken: (id) => exclusively(id, refresh),

    accept: (id, also) =>
      exclusively(id, (found) =>
        vault.keep({ ...grantOf(found), createdAt: clock.now() }, async (tx, kept) => {
          await tx.deleteFrom('principal_wishes').where('id', '=', id).execute()
          await also(tx, kept)
        }),
      ),

    dismiss: (id, actor) =>
      exclusively(id, ({ email_account_id: subject, tenant_id: tenantId, object_id: objectId, user_name: userName }) =>
        database.transaction(async (tx) => {
          await tx.deleteFrom('principal_wishes').where('id', '=', id).execute()
          const detail = { signedIn: { tenantId, objectId, userName } }
          await audit.record(tx, { actor, action: 'principal_request.dismissed', subject, detail })
          await events.append(tx, {
            kind: 'principal_request.dismissed',
            emailAccountId: subject,
            subjectId: subject,
            payload: { by: actor, userName },
            at: clock.now(),
          })
        }),
      ),

    async forgetOver() {
      await db.deleteFrom('principal_wishes').where('expires_at', '<=', clock.now()).execute()
    },

    async keep(fresh, { emailAccountId, expectedGrantId, startedBy }) {
      const id = newId<PrincipalRequestId>()
      const now = clock.now()
      const { sealed, keyId } = keyRing.seal(fresh.refreshToken, context(id))
      const { tenantId, objectId, userName } = fresh
      await database.transaction(async (tx) => {
        await tx
          .deleteFrom('principal_wishes')
          .where((eb) =>
            eb.or([
              eb('expires_at', '<=', now),
              eb.and({ email_account_id: emailAccountId, tenant_id: tenantId, object_id: objectId }),
            ]),
          )
          .execute()
        await tx
          .insertInto('principal_wishes')
          .values({
            id,
            email_account_id: emailAccountId,
            expected_grant_id: expectedGrantId,
            cloud_provider_id: fresh.cloudProviderId,
            tenant_id: tenantId,
            object_id: objectId,
            user_name: userName,
            display_name: fresh.displayName,
            scopes_wanted: [...fresh.scopesRequested],
            scopes_granted: [...fresh.scopesGranted],
            refresh_token: sealed,
            key_id: keyId,
            refresh_token_at: fresh.refreshTokenAt,
            started_by: startedBy,
            created_at: now,
            expires_at: new Date(now.getTime() + KEPT_MS),
          })
          .execute()
        const detail = { signedIn: { tenantId, objectId, userName }, expectedGrantId }
        await audit.record(tx, {
          actor: startedBy,
          action: 'principal_request.created',
          subject: emailAccountId,
          detail,
        })
        await events.append(tx, {
          kind: 'principal_request.created',
          emailAccountId,
          subjectId: emailAccountId,
          payload: { by: startedBy, userName },
          at: now,
        })
      })
      return id
    },
  }
}

function requestOf(row: RequestRow): PrincipalRequest {
  return {
    id: row.id,
    emailAccountId: row.email_account_id,
    expectedGrantId: row.expected_grant_id,
    cloudProviderId: row.cloud_provider_id,
    tenantId: row.tenant_id,
    objectId: row.object_id,
    userName: row.user_name,
    displayName: row.display_name,
    startedBy: row.started_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
