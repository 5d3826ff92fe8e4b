import { type Directory, FIRST_PARTY } from '../tenants/index.ts'
import { type Fault, type Scope, SCOPES } from './fault.ts'
import { FaultsError } from './faults-error.ts'
import type { Subject } from './points.ts'

/** Target of a fault. A subject must match every named id; an empty target matches everything. */
export type Target = Readonly<Partial<Record<Scope, string>>>

/**
 * Resolves a target from user input: a tenant by id or domain, a user or mailbox by id or address, an application by
 * client id.
 */
export function readTarget(written: unknown, fault: Fault, directory: Directory): Target {
  if (written === undefined) return {}
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new FaultsError(
      400,
      `"on" must be an object with some of ${fault.scopes.join(', ')}; empty for all requests.`,
      'on',
    )
  }
  const target: Partial<Record<Scope, string>> = {}
  for (const [scope, value] of Object.entries(written)) {
    if (value === undefined) continue
    if (!fault.scopes.includes(scope as Scope)) {
      throw new FaultsError(400, `This fault takes ${fault.scopes.join(', ') || 'no scope'}, not "${scope}".`, 'on')
    }
    const id = typeof value === 'string' ? find[scope as Scope](value.trim(), directory) : undefined
    if (id === undefined) {
      throw new FaultsError(400, `There is no ${scope} “${typeof value === 'string' ? value : ''}”.`, 'on')
    }
    target[scope as Scope] = id
  }
  return target
}

const find: Record<Scope, (written: string, directory: Directory) => string | undefined> = {
  tenant: (written, { people }) => people.findTenant(written)?.id,
  user: (written, { people }) => (people.findUser(written.toLowerCase()) ?? people.findUserByAddress(written))?.id,
  application(written, { applications }) {
    const own = Object.values(FIRST_PARTY).find((appId) => appId === written.toLowerCase())
    return own ?? applications.findByAppId(written)?.appId
  },
  mailbox(written, { people }) {
    const user = people.findUser(written.toLowerCase()) ?? people.findUserByAddress(written)
    return user && people.findMailbox(user.id)?.userId
  },
}

const known: Record<Scope, (subject: Subject) => (string | undefined)[]> = {
  tenant: ({ tenantId }) => [tenantId],
  user: ({ userId, homeUserId }) => [userId, homeUserId],
  application: ({ appId }) => [appId?.toLowerCase()],
  mailbox: ({ mailboxId }) => [mailboxId],
}

export function concerns(target: Target, subject: Subject): boolean {
  return SCOPES.every((scope) => target[scope] === undefined || known[scope](subject).includes(target[scope]))
}

/** Readable name of the target: `Contoso`, `anna@contoso.example · Mail connector`. */
export function describeTarget(target: Target, { people, applications }: Directory): string {
  const user = (id: string) => {
    const found = people.findUser(id)
    return found?.mail ?? found?.userPrincipalName ?? id
  }
  const parts = [
    target.tenant !== undefined && (people.findTenant(target.tenant)?.displayName ?? target.tenant),
    target.user !== undefined && user(target.user),
    target.application !== undefined &&
      (applications.findByAppId(target.application)?.displayName ?? target.application),
    target.mailbox !== undefined && `mailbox ${user(target.mailbox)}`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? 'everywhere' : parts.join(' · ')
}
