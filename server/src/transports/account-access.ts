import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { Organization } from '../kernel/mail-services.ts'
import type { Secret } from '../kernel/secret.ts'
import type { ReceiveProtocol, SendProtocol } from './mail-transport.ts'
import type { MailServers } from './mail-servers/servers.ts'

/** Opens a mailbox: a user by a grant (delegated permissions), the application itself, or a password at mail servers. */
export type Principal =
  { kind: 'grant'; grantId: GrantId } | ({ kind: 'application' } & Organization) | { kind: 'password' }

/** Principals that open a mailbox with access tokens of a mail service. */
export type TokenPrincipal = Exclude<Principal, { kind: 'password' }>

/** One mailbox and its principal: all that is needed to open it. An `EmailAccount` is one. */
export interface AccountAccess {
  /** Absent before the account exists. */
  id?: EmailAccountId
  address: string
  kind: 'user' | 'shared'
  /** Undefined for a password. */
  cloudProviderId: CloudProviderId | undefined
  principal: Principal
  /** Graph when absent. */
  receivesBy?: ReceiveProtocol
  /** Graph when absent. */
  sendsBy?: SendProtocol
  /** Defined for a password. */
  servers?: MailServers | undefined
  trustedAuthServId?: string | undefined
  sentFolderRemoteId?: string | undefined
  /** Password of a trial. It is stored nowhere, and the caller closes the connections. */
  password?: Secret
}

/** A mailbox at a mail service, opened with access tokens. */
export type TokenAccess = AccountAccess & { cloudProviderId: CloudProviderId; principal: TokenPrincipal }

export function isSamePrincipal(one: Principal, other: Principal): boolean {
  if (one.kind === 'grant') return other.kind === 'grant' && one.grantId === other.grantId
  if (one.kind === 'password') return other.kind === 'password'
  return other.kind === 'application' && one.tenantId === other.tenantId
}
