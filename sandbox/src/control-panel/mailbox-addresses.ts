/**
 * Sets the addresses of a mailbox, like an Exchange admin in PowerShell. One request for scripts sets three things:
 *
 * - the aliases
 * - SendFromAliasEnabled: whether the organization allows mail from aliases; off by default
 * - MessageCopyForSentAsEnabled: whether the mailbox keeps a copy of mail that others send as it; off by default
 */
import type { FastifyInstance } from 'fastify'
import type { Directory } from '../tenants/index.ts'

const forPrograms = { config: { antiForgery: false } }

export function registerMailboxAddresses(site: FastifyInstance, { people }: Directory): void {
  /** Replaces all aliases of the mailbox. */
  site.put('/api/mailbox-addresses', forPrograms, ({ body }, reply) => {
    const { mailbox, aliases, sendFromAlias, copyForSentAs } = (body ?? {}) as Record<string, unknown>
    const owner = typeof mailbox === 'string' ? people.findUserByAddress(mailbox) : undefined
    if (!owner || !people.findMailbox(owner.id)) return refuse('"mailbox" must be the address of a mailbox.')
    if (!Array.isArray(aliases) || !aliases.every((each) => typeof each === 'string' && each.includes('@'))) {
      return refuse('"aliases" must be a list of addresses.')
    }
    const others = aliases as string[]
    if (others.some((each) => (people.findUserByAddress(each)?.id ?? owner.id) !== owner.id)) {
      return refuse('One of the aliases is the address of another mailbox.')
    }
    people.updateUser(owner.id, { aliases: others })
    if (typeof sendFromAlias === 'boolean') people.setSendFromAlias(owner.tenantId, sendFromAlias)
    if (typeof copyForSentAs === 'boolean') people.setCopyForSentAs(owner.id, copyForSentAs)
    return reply.code(204).send()

    function refuse(message: string) {
      return reply.code(400).send({ error: { message } })
    }
  })
}
