import type { FastifyRequest } from 'fastify'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { FaultsAsked, Subject } from '../../faults/index.ts'
import type { Directory, User } from '../../tenants/index.ts'
import { GraphError } from './graph-error.ts'
import { toGraphError } from './graph-faults.ts'
import { accessDenied, isAllowed, type MailNeed } from './mail-permissions.ts'
import { atMailbox } from './scoped-roles.ts'

/** A mailbox that the caller can use for the requested access. */
export interface OpenMailbox {
  /** Its id is also the id of the mailbox. */
  owner: User
  /** Mailbox segment of the address, for contexts and links: `me`, `users/ada@contoso.example`. */
  path: string
  /** User id of the caller; `undefined` for an application. */
  callerId: string | undefined
  /** True when the caller has only `Mail.ReadBasic`: no body, no preview. */
  basicOnly: boolean
}

export interface MailboxAccess {
  /**
   * Opens the mailbox in the address (`/me`, or `:user` by object id, user principal name or address). Checks
   * permissions first, then that the mailbox exists, then the caller's access to it.
   *
   * @throws GraphError 400 (`/me` without a user), 403, 404
   */
  open(request: FastifyRequest, need: MailNeed): OpenMailbox
}

export function createMailboxAccess({ people }: Directory, faults: FaultsAsked): MailboxAccess {
  return {
    open(request, need) {
      const { user: userId } = request.params as { user?: string }
      const owner = userId === undefined ? ownerOfMe(request.caller) : findOwner(request.caller, userId, need)
      const caller = atMailbox(request.caller, owner.id, people)
      const whose = owner.id === caller.userId ? 'own' : 'other'
      if (!isAllowed(caller, need, whose)) throw accessDenied()
      checkMailbox(faults, { ...request.subject, mailboxId: owner.id, named: userId ?? owner.id })
      if (!people.findMailbox(owner.id)) throw notEnabled()
      if (caller.userId !== undefined && whose === 'other' && !people.hasRight(owner.id, caller.userId, 'FullAccess')) {
        throw accessDenied()
      }
      return {
        owner,
        path: userId === undefined ? 'me' : `users/${userId}`,
        callerId: caller.userId,
        basicOnly: need === 'read-basic' && !isAllowed(caller, 'read', whose),
      }
    },
  }

  function ownerOfMe(caller: AccessTokenClaims): User {
    if (caller.userId === undefined) throw needsPerson()
    const owner = people.findUser(caller.userId)
    if (!owner) throw notEnabled()
    return owner
  }

  function findOwner(caller: AccessTokenClaims, userId: string, need: MailNeed): User {
    const owner = people.findUserInTenant(caller.tenantId, userId)
    if (owner) return owner
    // A caller without any mail permission must not learn which mailboxes exist.
    if (!isAllowed(caller, need, 'own')) throw accessDenied()
    throw new GraphError(404, 'ErrorInvalidUser', `The requested user '${userId}' is invalid.`)
  }
}

/** Checks that no fault blocks the mailbox. @throws GraphError */
export function checkMailbox(faults: FaultsAsked, subject: Subject): void {
  const fault = faults.ask('graph.mailbox', subject)
  if (fault) throw toGraphError(fault)
}

/** Error for `/me` with an application-only token. */
export function needsPerson(): GraphError {
  return new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.')
}

function notEnabled(): GraphError {
  return new GraphError(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  )
}
