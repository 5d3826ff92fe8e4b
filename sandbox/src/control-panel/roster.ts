import type { Directory, MailboxRight, Tenant, User } from '../tenants/index.ts'

export interface RosterPerson {
  tenant: Tenant
  user: User
  /** User account with which a guest signs in; `undefined` for members. */
  home: User | undefined
}

export interface RosterMailbox {
  user: User
  kind: 'user' | 'shared'
  rights: { trustee: User; right: MailboxRight }[]
}

/** Lists the users that can sign in and the mailboxes, from the current directory. */
export function readRoster({ people }: Directory): { persons: RosterPerson[]; mailboxes: RosterMailbox[] } {
  const mailboxes = people.listMailboxes().map(({ userId, kind }) => ({
    user: people.getUser(userId),
    kind,
    rights: people.listRights(userId).flatMap(({ trusteeId, right }) => {
      const trustee = people.findUser(trusteeId)
      return trustee ? [{ trustee, right }] : []
    }),
  }))
  const shared = new Set(mailboxes.filter(({ kind }) => kind === 'shared').map(({ user }) => user.id))
  const persons = people.listTenants().flatMap((tenant) =>
    people
      .listUsers(tenant.id)
      .filter(({ id }) => !shared.has(id))
      .map((user) => ({
        tenant,
        user,
        home: user.homeUserId === undefined ? undefined : people.findUser(user.homeUserId),
      })),
  )
  return { persons, mailboxes }
}

export function toMailAddress(user: User): string {
  return user.mail ?? user.userPrincipalName
}
