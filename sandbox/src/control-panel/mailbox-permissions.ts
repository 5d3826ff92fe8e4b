/**
 * Grants an application access to a mailbox by IMAP and SMTP, like an Exchange admin in PowerShell
 * (`New-ServicePrincipal`, `Add-MailboxPermission`, `Add-RecipientPermission`). One request for scripts.
 *
 * Exchange accepts any object id and checks it only at sign-in. The object id of the app registration, the classic
 * mistake, therefore grants nothing.
 *
 * @see
 *   https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
import type { FastifyInstance } from 'fastify'
import type { Directory, MailboxRight } from '../tenants/index.ts'

const forPrograms = { config: { antiForgery: false } }
const RIGHTS: readonly MailboxRight[] = ['FullAccess', 'SendAs', 'SendOnBehalf']

export function registerMailboxPermissions(site: FastifyInstance, { people }: Directory): void {
  /** Replaces all permissions of the mailbox; an empty list removes them. */
  site.put('/api/mailbox-permissions', forPrograms, ({ body }, reply) => {
    const { mailbox, servicePrincipal, rights } = (body ?? {}) as Record<string, unknown>
    const owner = typeof mailbox === 'string' ? people.findUserByAddress(mailbox) : undefined
    if (!owner || !people.findMailbox(owner.id)) return refuse('"mailbox" must be the address of a mailbox.')
    if (typeof servicePrincipal !== 'string' || !/^[0-9a-f-]{36}$/i.test(servicePrincipal)) {
      return refuse('"servicePrincipal" must be the object id of the enterprise application.')
    }
    if (!Array.isArray(rights) || !rights.every(isRight)) {
      return refuse(`"rights" must be a list of ${RIGHTS.join(', ')}.`)
    }
    const trusteeId = servicePrincipal.toLowerCase()
    for (const right of RIGHTS) {
      if (rights.includes(right)) people.grantRight(owner.id, trusteeId, right)
      else people.revokeRight(owner.id, trusteeId, right)
    }
    return reply.code(204).send()

    function refuse(message: string) {
      return reply.code(400).send({ error: { message } })
    }
  })
}

function isRight(value: unknown): value is MailboxRight {
  return (RIGHTS as readonly unknown[]).includes(value)
}
