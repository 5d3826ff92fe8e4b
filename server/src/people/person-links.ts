import type { EmailAccountId, PersonId, PersonLinkId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Person, Role } from './person.ts'

export type LinkKind = 'first-admin' | 'invitation' | 'reset'

/** What may be shown of a link: never the link itself, which is told once. */
export interface PersonLink {
  id: PersonLinkId
  kind: LinkKind
  email: string | undefined
  name: string | undefined
  role: Role
  createdAt: Date
  expiresAt: Date
}

export interface CreatedLink extends PersonLink {
  /** To be copied to the person: whoever has it can use it, once. Only its hash is kept. */
  url: Secret
}

export interface PersonLinks {
  /** A new link as long as there is no admin; the one before it ends. */
  firstAdmin(): Promise<CreatedLink | undefined>
  /** A link for somebody new. One that was made for the same address before ends. */
  invite(
    input: { email: string; name: string; role: Role; emailAccountIds: readonly EmailAccountId[] },
    actor: string,
  ): Promise<CreatedLink>
  /** A link to choose a new password. The old one stays valid until the link is used. */
  reset(id: PersonId, actor: string): Promise<CreatedLink>
  /** Invitations that wait. */
  listOpen(): Promise<PersonLink[]>
  revoke(id: PersonLinkId, actor: string): Promise<void>

  /** What the link is for, so that its page can greet; throws when it is used, ended or unknown. */
  look(token: Secret): Promise<PersonLink>
  /** Uses the link: the person exists afterwards, with this password, and every older session of theirs has ended. */
  accept(token: Secret, input: { password: Secret; email?: string; name?: string }): Promise<Person>
}
