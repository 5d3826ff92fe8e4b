/**
 * Grants an application access to chosen mailboxes, like an Exchange admin in PowerShell (`New-ManagementScope` and
 * `New-ManagementRoleAssignment`). One request for scripts, because the sandbox runs no PowerShell.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
import type { FastifyInstance } from 'fastify'
import { APPLICATION_ROLES, type ApplicationRole, type Directory } from '../tenants/index.ts'

const forPrograms = { config: { antiForgery: false } }

export function registerApplicationAccess(site: FastifyInstance, { applications, people }: Directory): void {
  site.get<{ Params: { appId: string } }>('/api/application-access/:appId', ({ params }) => ({
    mailboxes: people.listMailboxes().flatMap(({ userId }) => {
      const roles = people.applicationRoles(userId, params.appId)
      return roles.length > 0 ? [{ address: people.getUser(userId).mail, roles }] : []
    }),
  }))

  /** Replaces the mailboxes and roles of the application; an empty list removes all. */
  site.put<{ Params: { appId: string } }>('/api/application-access/:appId', forPrograms, ({ params, body }, reply) => {
    const { mailboxes, roles } = (body ?? {}) as { mailboxes?: unknown; roles?: unknown }
    if (!isTexts(mailboxes) || !isTexts(roles)) return refuse('"mailboxes" and "roles" must be lists of strings.')
    const unknown = roles.find((role) => !isRole(role))
    if (unknown !== undefined) return refuse(`Unknown role "${unknown}". Known roles: ${APPLICATION_ROLES.join(', ')}.`)
    const application = applications.findByAppId(params.appId)
    if (!application) return refuse(`Unknown application "${params.appId}".`)
    const found = mailboxes.map((address) => ({ address, user: people.findUserByAddress(address) }))
    const missing = found.find(({ user }) => !user || !people.findMailbox(user.id))
    if (missing) return refuse(`Unknown mailbox "${missing.address}".`)

    people.setApplicationScope(
      application.appId,
      found.map(({ user }) => user!.id),
      roles.filter(isRole),
    )
    return reply.code(204).send()

    function refuse(message: string) {
      return reply.code(400).send({ error: { message } })
    }
  })
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isRole(text: string): text is ApplicationRole {
  return (APPLICATION_ROLES as readonly string[]).includes(text)
}
