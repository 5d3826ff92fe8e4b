/**
 * Sign-in by a code entered on another device (RFC 8628), for a person whose browser can't reach this server.
 *
 * 1. Only for Cloud Providers for which an admin allows it, because a person may be tricked into entering a stranger's
 *    code. So each sign-in is for one mailbox that the person must be able to open, and a renewal is for one person.
 * 2. Microsoft is polled no faster than the requested interval, and not at all once the code has expired.
 * 3. Each result has a reason. The grant is stored in the transaction that uses up the link.
 */
import type { Selectable } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import { type CloudProviders, scopesFor } from '../cloud-providers/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, storedReason, type ErrorCode } from '../kernel/errors.ts'
import { type DeviceSignInId, newId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Secret } from '../kernel/secret.ts'
import type { NewAuthorization } from './authorization.ts'
import type { DeviceCodeAllowances } from './device-code-allowances.ts'
import type { PostgresGrantVault } from './postgres-grant-vault.ts'
import { limitOfLink } from './pending-authorizations.ts'
import type { CompleteSignIn, KeptSignIn } from './sign-in-completion.ts'
import type { UsableSignInLinks } from './sign-in-links.ts'
import { scopeParameter, type TokenEndpoint } from './token-endpoint.ts'
import { tokenError } from './token-errors.ts'
import type { TokenRequests } from './token-requests.ts'
import { IS_UNFINISHED, type KeptOutcome } from './unfinished-sign-ins.ts'
import { usualPermissions } from './usual-permissions.ts'

/** Seconds added to the interval by `slow_down` (RFC 8628 §3.5) or after a transient error. */
const SLOWER_SECONDS = 5
/** Duration of a claim, during which no other process polls the sign-in. */
const CLAIM_MS = 60_000
const MOST_AT_ONCE = 20
/** Period in which an ended sign-in is kept to show its result. */
const KEPT_MS = 24 * 60 * 60 * 1000

export interface DeviceSignIn {
  id: DeviceSignInId
  state: 'waiting' | 'done' | 'failed'
  requestedAddress: string
  /** Code to enter at `verificationUri`; only while waiting. */
  userCode: string | undefined
  verificationUri: string
  expiresAt: Date
  /** User who signed in, once it has ended. */
  userName: string | undefined
  reason: { code: ErrorCode; title: string; fix: string } | undefined
}

export type NewDeviceSignIn = Pick<
  NewAuthorization,
  'cloudProviderId' | 'sessionHash' | 'requestedKind' | 'reconnectGrantId' | 'startedBy' | 'signInLinkId'
> & { requestedAddress: string }

export interface DeviceSignIns {
  /** @throws {AppError} `tokens.device_code_not_allowed`, or the error from Microsoft */
  begin(wanted: NewDeviceSignIn): Promise<DeviceSignIn>
  /** Starts the sign-in of a link. @throws {AppError} `tokens.sign_in_link_over` */
  beginByLink(token: Secret, sessionHash: Uint8Array): Promise<DeviceSignIn>
  /** Returns a sign-in to the browser that started it. @throws {AppError} `tokens.device_sign_in_not_found` */
  look(id: DeviceSignInId, sessionHash: Uint8Array): Promise<DeviceSignIn>
  /** Polls Microsoft for all due sign-ins. */
  askDue(): Promise<void>
}

export interface DeviceSignInsDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  audit: AuditLog
  cloudProviders: CloudProviders
  tokenRequests: Pick<TokenRequests, 'requestDeviceCode'>
  allowances: DeviceCodeAllowances
  signInLinks: UsableSignInLinks
  vault: PostgresGrantVault
  tokenEndpoint: TokenEndpoint
  completeSignIn: CompleteSignIn
}

type Row = Selectable<Schema['device_sign_ins']>
/** Maximum unexpired codes per link. */
const MAX_PER_LINK = 5

type Outcome =
  ({ kind: 'done'; userName: string } & Partial<KeptOutcome>) | { kind: 'failed'; code: ErrorCode; userName?: string }

export function createDeviceSignIns(deps: DeviceSignInsDeps): DeviceSignIns {
  const { database, keyRing, clock, audit, cloudProviders, tokenRequests, allowances, signInLinks } = deps
  const { vault, tokenEndpoint, completeSignIn } = deps
  const { db } = database
  const context = (id: DeviceSignInId) => `device_sign_ins.device_code:${id}`
  const after = (seconds: number): Date => new Date(clock.now().getTime() + seconds * 1000)

  async function begin(wanted: NewDeviceSignIn): Promise<DeviceSignIn> {
    const { cloudProviderId, requestedAddress, requestedKind, reconnectGrantId, startedBy, signInLinkId } = wanted
    const checkLimit = async (tx: Tx): Promise<void> => {
      if (signInLinkId === undefined) return
      await limitOfLink(tx, { table: 'device_sign_ins', linkId: signInLinkId, max: MAX_PER_LINK, now: clock.now() })
    }
    // Checked before a code is requested, and again under the lock of the link when it is stored.
    await database.transaction(checkLimit)
    const provider = await cloudProviders.get(cloudProviderId)
    if (!(await allowances.isAllowed(cloudProviderId))) throw new AppError('tokens.device_code_not_allowed')
    const grant = reconnectGrantId === undefined ? undefined : await vault.summary(reconnectGrantId)
    if (grant && grant.cloudProviderId !== cloudProviderId) throw new AppError('tokens.grant_not_found')
    const authority = cloudProviders.authorityOf(provider, grant?.tenantId)
    const requestedScopes = scopesFor(usualPermissions(provider, requestedKind), cloudProviders.cloudOf(provider))
    const scopesRequested = [...new Set([...requestedScopes, ...(grant?.scopesRequested ?? [])])]
    const answer = await tokenRequests.requestDeviceCode(authority, {
      client_id: provider.clientId,
      scope: scopeParameter(scopesRequested),
    })
    if (!answer.ok) throw tokenError(answer.upstream, 'redeem')

    const id = newId<DeviceSignInId>()
    const { sealed, keyId } = keyRing.seal(answer.deviceCode, context(id))
    const now = clock.now()
    const row = await database.transaction(async (tx) => {
      await checkLimit(tx)
      await tx
        .deleteFrom('device_sign_ins')
        .where('expires_at', '<', new Date(now.getTime() - KEPT_MS))
        .where((eb) => eb.not(IS_UNFINISHED))
        .execute()
      const detail = { cloudProviderId, requestedAddress, reconnectGrantId }
      await audit.record(tx, { actor: startedBy, action: 'device_sign_in.started', subject: id, detail })
      return tx
        .insertInto('device_sign_ins')
        .values({
          id,
          cloud_provider_id: cloudProviderId,
          session_hash: Buffer.from(wanted.sessionHash),
          authority,
          device_code: sealed,
          key_id: keyId,
          user_code: answer.userCode,
          verification_uri: answer.verificationUri,
          interval_seconds: answer.intervalSeconds,
          scopes_wanted: scopesRequested,
          wanted_address: requestedAddress,
          wanted_kind: requestedKind ?? null,
          reconnect_grant_id: reconnectGrantId ?? null,
          sign_in_link_id: signInLinkId ?? null,
          started_by: startedBy,
          created_at: now,
          expires_at: after(answer.expiresInSeconds),
          due_at: after(answer.intervalSeconds),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return shown(row)
  }

  async function beginByLink(token: Secret, sessionHash: Uint8Array): Promise<DeviceSignIn> {
    const { id, cloudProviderId, kind, requestedAddress, reconnectGrantId } = await signInLinks.open(token)
    if (kind !== 'sign-in') throw new AppError('tokens.device_code_not_allowed')
    const grant = reconnectGrantId === undefined ? undefined : await vault.summary(reconnectGrantId)
    const address = requestedAddress ?? grant?.userName
    if (address === undefined) throw new AppError('tokens.sign_in_link_unbound')
    const wanted = { cloudProviderId, reconnectGrantId, sessionHash, requestedAddress: address }
    return begin({ ...wanted, startedBy: `link:${id}`, signInLinkId: id })
  }

  async function askDue(): Promise<void> {
    const due = await database.transaction(async (tx) => {
      const rows = await tx
        .selectFrom('device_sign_ins')
        .selectAll()
        .where('due_at', '<=', clock.now())
        .orderBy('due_at')
        .limit(MOST_AT_ONCE)
        .forUpdate()
        .skipLocked()
        .execute()
      for (const { id } of rows) {
        const claim = { due_at: new Date(clock.now().getTime() + CLAIM_MS) }
        await tx.updateTable('device_sign_ins').set(claim).where('id', '=', id).execute()
      }
      return rows
    })
    // A failed one is polled again after its claim; it does not affect the others.
    const done = await Promise.allSettled(due.map((row) => ask(row)))
    const broken = done.find((one) => one.status === 'rejected')
    if (broken) throw broken.reason
  }

  async function ask(row: Row): Promise<void> {
    if (row.expires_at <= clock.now()) {
      await end(row, { kind: 'failed', code: overCode('expired_token') })
      return
    }
    try {
      const provider = await cloudProviders.get(row.cloud_provider_id)
      const expected = row.reconnect_grant_id === null ? undefined : await vault.summary(row.reconnect_grant_id)
      const link = row.sign_in_link_id === null ? undefined : await signInLinks.find(row.sign_in_link_id)
      if (link?.state === 'revoked' || link?.state === 'used') throw new AppError('tokens.sign_in_link_over')
      const deviceCode = keyRing.open({ sealed: row.device_code, keyId: row.key_id }, context(row.id))
      const { authority, scopes_wanted: scopesRequested } = row
      const askedAt = clock.now()
      const redeemed = await tokenEndpoint.redeemDeviceCode({ provider, authority, scopesRequested, deviceCode })
      const wanted = {
        ...{ requestedAddress: row.wanted_address, scopesRequested, startedBy: row.started_by, link },
        // In the same transaction: a code can be redeemed once. Another poll would get an error although the grant is
        // stored.
        onKept: (tx: Tx, { grantId, person: { userName }, isUnfinished }: KeptSignIn) =>
          end(row, { kind: 'done', userName, grantId, ...(isUnfinished && { isUnfinished }) }, tx),
      }
      const answer = { ...redeemed, provider, authority, askedAt, expected, nonceHash: undefined, isBound: true }
      const completed = await completeSignIn(wanted, answer)
      if (completed.kind === 'refused') {
        const { error, people } = completed
        await end(row, { kind: 'failed', code: error.code, ...(people && { userName: people.signedIn }) })
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      await applyFailure(row, error)
    }
  }

  /** Handles a poll error (RFC 8628 §3.5) by the error codes of the standard. */
  async function applyFailure(row: Row, error: AppError): Promise<void> {
    const errorCode = error.upstream?.error
    if (errorCode === 'authorization_pending') return again(row, row.interval_seconds)
    if (errorCode === 'slow_down' || error.remedy === 'wait') return again(row, row.interval_seconds + SLOWER_SECONDS)
    await end(row, { kind: 'failed', code: overCode(errorCode) ?? error.code })
  }

  async function again(row: Row, seconds: number): Promise<void> {
    await db
      .updateTable('device_sign_ins')
      .set({ interval_seconds: seconds, due_at: after(seconds) })
      .where('id', '=', row.id)
      .where('outcome', 'is', null)
      .execute()
  }

  async function end({ id }: Row, outcome: Outcome, tx: Tx | Database['db'] = db): Promise<void> {
    await tx
      .updateTable('device_sign_ins')
      .set({ due_at: null, outcome: JSON.stringify(outcome) })
      .where('id', '=', id)
      // A completed sign-in stays completed if a later step fails.
      .where('outcome', 'is', null)
      .execute()
  }

  function shown(row: Row): DeviceSignIn {
    const outcome = row.outcome as Outcome | null
    const code = outcome?.kind === 'failed' ? outcome.code : undefined
    const { title, fix } = code === undefined ? { title: '', fix: '' } : storedReason(code)
    return {
      id: row.id,
      state: outcome?.kind ?? 'waiting',
      requestedAddress: row.wanted_address,
      userCode: outcome === null ? row.user_code : undefined,
      verificationUri: row.verification_uri,
      expiresAt: row.expires_at,
      userName: outcome?.userName,
      reason: code && { code, title, fix },
    }
  }

  return {
    begin,
    beginByLink,
    askDue,

    async look(id, sessionHash) {
      const row = await db
        .selectFrom('device_sign_ins')
        .selectAll()
        .where('id', '=', id)
        .where('session_hash', '=', Buffer.from(sessionHash))
        .executeTakeFirst()
      if (!row) throw new AppError('tokens.device_sign_in_not_found')
      return shown(row)
    },
  }
}

/** Returns the error for a code that is no longer valid, regardless of Microsoft's error number. */
function overCode(said: 'expired_token'): ErrorCode
function overCode(said: string | undefined): ErrorCode | undefined
function overCode(said: string | undefined): ErrorCode | undefined {
  switch (said) {
    case 'authorization_declined':
    case 'access_denied':
      return new AppError('tokens.device_code_declined').code
    case 'expired_token':
      return new AppError('tokens.device_code_expired').code
    case 'bad_verification_code':
      return new AppError('tokens.device_code_refused').code
    default:
      return undefined
  }
}
