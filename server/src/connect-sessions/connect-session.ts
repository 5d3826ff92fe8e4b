import type { Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { CloudProviderId, ConnectSessionId, EmailAccountId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { SignInLinkPreview } from '../tokens/index.ts'

/** Time in which the owner of the mailbox can sign in. */
export const SESSION_MS = 24 * 60 * 60_000

export type ConnectSessionStatus = Schema['connect_sessions']['status']

export interface NewConnectSession {
  cloudProviderId: CloudProviderId
  kind: 'user' | 'shared'
  /** Address that the sign-in must open; absent for the mailbox of the person who signs in. */
  requestedAddress?: string | undefined
  /** Name of the program or company that asks, for the owner of the mailbox. */
  displayName: string
  logo?: Buffer | undefined
  /** Name of the Email Account; its address when absent. */
  accountName?: string | undefined
  importDays?: number | undefined
  returnUrl?: string | undefined
  /** Text of the program, returned with the result. */
  state?: string | undefined
}

export interface ConnectSession extends Omit<NewConnectSession, 'logo'> {
  id: ConnectSessionId
  /** `failed`: the latest attempt failed. Until it expires, the owner can try again, unless `isFinal`. */
  status: ConnectSessionStatus
  isFinal: boolean
  createdBy: string
  createdAt: Date
  expiresAt: Date
  hasLogo: boolean
  errorCode: string | undefined
  failedAt: Date | undefined
  /** User who signed in. */
  userName: string | undefined
  completedAt: Date | undefined
  emailAccountId: EmailAccountId | undefined
}

export interface ConnectSessionPreview extends SignInLinkPreview {
  session: ConnectSession
  logo: Buffer | undefined
  /** Host to which the browser returns; undefined also when the return URL is no longer allowed. */
  returnsTo: string | undefined
}

export interface ConnectSessions {
  /**
   * Creates a session. The same key and request return the same session, with its address while it is open.
   *
   * @param key  Idempotency-Key
   * @throws {AppError} `connect_sessions.return_url_not_allowed`, `connect_sessions.address_missing`,
   *   `connect_sessions.key_reused`, `connect_sessions.too_many_waiting`, `cloud_providers.not_found`
   */
  create(
    wanted: NewConnectSession,
    actor: string,
    key?: string,
  ): Promise<{ session: ConnectSession; url: Secret | undefined }>
  /** Sessions of an actor or of all, newest first. */
  list(filter: {
    createdBy?: string | undefined
    before?: ConnectSessionId | undefined
    limit: number
  }): Promise<{ sessions: ConnectSession[]; next: ConnectSessionId | undefined }>
  /** @throws {AppError} `connect_sessions.not_found`, also for a session of another actor than `createdBy` */
  get(id: ConnectSessionId, createdBy?: string): Promise<ConnectSession>
  /** @throws {AppError} `connect_sessions.over` unless it waits for its owner */
  cancel(id: ConnectSessionId, actor: string, createdBy?: string): Promise<void>
  /** @throws {AppError} `tokens.sign_in_link_over` for a session that is unknown or doesn't wait for its owner */
  look(token: Secret): Promise<ConnectSessionPreview>
  /** Starts the sign-in, and returns the address of Microsoft. */
  begin(token: Secret, browserHash: Uint8Array): Promise<{ url: string }>
  /** Address to which an owner returns without connecting, with a signed result of status `open`. */
  leave(token: Secret): Promise<{ url: string | undefined }>
}

export type SessionRow = Selectable<Schema['connect_sessions']>

/** Statuses in which the owner can sign in. */
export const WAITING = ['open', 'failed'] as const satisfies readonly ConnectSessionStatus[]

export function toSession(row: SessionRow): ConnectSession {
  return {
    id: row.id,
    status: row.status,
    isFinal: row.status === 'failed' && row.signed_in_at !== null,
    cloudProviderId: row.cloud_provider_id,
    kind: row.wanted_kind,
    requestedAddress: row.wanted_address ?? undefined,
    displayName: row.display_name,
    hasLogo: row.logo !== null,
    accountName: row.account_name ?? undefined,
    importDays: row.import_days ?? undefined,
    returnUrl: row.return_url ?? undefined,
    state: row.state ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    errorCode: row.error_code ?? undefined,
    failedAt: row.failed_at ?? undefined,
    userName: row.user_name ?? undefined,
    completedAt: row.completed_at ?? undefined,
    emailAccountId: row.email_account_id ?? undefined,
  }
}
