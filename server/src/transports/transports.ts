import type { CloudProviderId } from '../kernel/ids.ts'
import type { MailServiceNames, Organization } from '../kernel/mail-services.ts'
import type { AccountAccess, TokenAccess } from './account-access.ts'
import type { DirectoryUsers, WantedUsers } from './graph/directory-users.ts'
import type { MailTransport, SendProtocol } from './mail-transport.ts'
import { createPasswordService, type PasswordServiceDeps } from './mail-servers/password-service.ts'

/** A mail service whose mailboxes are opened with access tokens. One folder of this room per service. */
export interface MailService {
  open(access: TokenAccess): Promise<MailTransport>
  /** Checks the consent that is stored; sends no request. */
  canSendBy(access: TokenAccess, protocol: SendProtocol): Promise<boolean>
  /** Checks if the stored consent includes changes of messages; sends no request. */
  canChange(access: TokenAccess): Promise<boolean>
  /** Addresses in an organization that the application may list; seldom permitted. */
  addressesIn(where: { cloudProviderId: CloudProviderId } & Organization): Promise<string[]>
  /**
   * Users of an organization with a mail address, one page. Needs a permission of its own.
   * @throws {AppError} `cloud_providers.users_denied`
   */
  usersIn(where: { cloudProviderId: CloudProviderId } & Organization, wanted: WantedUsers): Promise<DirectoryUsers>
  /** End of the pause that the service demanded for a mailbox, as far as this process knows. */
  pausedUntil(mailbox: Pick<TokenAccess, 'cloudProviderId' | 'address'>): Date | undefined
  /** Closes all connections. */
  close(): Promise<void>
}

/** Opens mailboxes, at whatever service or server. */
export interface Transports {
  open(access: AccountAccess): Promise<MailTransport>
  /** Checks the consent that is stored; sends no request. */
  canSendBy(access: AccountAccess, protocol: SendProtocol): Promise<boolean>
  /** Checks if the stored consent includes changes of messages; sends no request. */
  canChange(access: AccountAccess): Promise<boolean>
  addressesIn: MailService['addressesIn']
  usersIn: MailService['usersIn']
  pausedUntil(mailbox: Pick<AccountAccess, 'cloudProviderId' | 'address'>): Date | undefined
  /** Closes all connections. */
  close(): Promise<void>
}

export interface TransportsDeps extends PasswordServiceDeps {
  /** One per service: a missing one does not compile. */
  services: Readonly<Record<MailServiceNames['service'], MailService>>
  cloudProviders: { get(id: CloudProviderId): Promise<Pick<MailServiceNames, 'service'>> }
}

/** Chooses the mail service of each mailbox; a mailbox with a password is opened at its own servers. */
export function createTransports({ services, cloudProviders, ...deps }: TransportsDeps): Transports {
  const byPassword = createPasswordService(deps)
  /** A provider never changes its service. */
  const known = new Map<CloudProviderId, MailService>()

  async function serviceOf(id: CloudProviderId): Promise<MailService> {
    const service = known.get(id) ?? services[(await cloudProviders.get(id)).service]
    known.set(id, service)
    return service
  }

  return {
    async open(access) {
      if (!isTokenAccess(access)) return byPassword.open(access)
      return (await serviceOf(access.cloudProviderId)).open(access)
    },
    async canSendBy(access, protocol) {
      if (!isTokenAccess(access)) return protocol === 'smtp'
      return (await serviceOf(access.cloudProviderId)).canSendBy(access, protocol)
    },
    async canChange(access) {
      if (!isTokenAccess(access)) return true
      return (await serviceOf(access.cloudProviderId)).canChange(access)
    },
    addressesIn: async (where) => (await serviceOf(where.cloudProviderId)).addressesIn(where),
    usersIn: async (where, wanted) => (await serviceOf(where.cloudProviderId)).usersIn(where, wanted),
    pausedUntil: ({ cloudProviderId, address }) =>
      cloudProviderId === undefined ? undefined : known.get(cloudProviderId)?.pausedUntil({ cloudProviderId, address }),
    async close() {
      await Promise.all([byPassword, ...Object.values(services)].map((service) => service.close()))
    },
  }
}

function isTokenAccess(access: AccountAccess): access is TokenAccess {
  return access.principal.kind !== 'password' && access.cloudProviderId !== undefined
}
