/** Adds mailboxes, like an Exchange admin with `New-Mailbox`: one request for scripts adds many. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type Directory, PASSWORD } from '../tenants/index.ts'

const forPrograms = { config: { antiForgery: false } }
const MOST = 1000

export function registerNewMailboxes(site: FastifyInstance, { people }: Directory): void {
  /** Adds all of them or none. The domain of an address decides the organization. */
  site.post('/api/mailboxes', forPrograms, ({ body }, reply) => {
    const { mailboxes } = (body ?? {}) as { mailboxes?: unknown }
    if (!Array.isArray(mailboxes) || mailboxes.length > MOST) {
      return refuse(`"mailboxes" must be a list of at most ${MOST} entries.`)
    }
    const users = mailboxes.map((each) => toUser(each as Record<string, unknown> | null))
    const wrong = users.findIndex((user) => user === undefined)
    if (wrong >= 0) {
      return refuse(`Entry ${wrong} must have a new "address" of an organization here, and "kind" "user" or "shared".`)
    }
    if (new Set(users.map((each) => each!.user.userPrincipalName)).size < users.length) {
      return refuse('Each "address" must be there once.')
    }
    for (const each of users) {
      people.addUser(each!.user)
      people.addMailbox({ userId: each!.user.id, kind: each!.kind })
    }
    return reply.code(201).send({ added: users.length })

    function refuse(message: string) {
      return reply.code(400).send({ error: { message } })
    }
  })

  function toUser(entry: Record<string, unknown> | null) {
    const { address, displayName, kind } = entry ?? {}
    if (typeof address !== 'string' || (kind !== 'user' && kind !== 'shared')) return undefined
    const mail = address.toLowerCase()
    const tenant = people.findTenant(mail.split('@')[1] ?? '')
    if (!tenant || people.findUserByAddress(mail)) return undefined
    const isShared = kind === 'shared'
    return {
      kind,
      user: {
        id: randomUUID(),
        tenantId: tenant.id,
        userPrincipalName: mail,
        displayName: typeof displayName === 'string' ? displayName : mail,
        mail,
        // A shared mailbox is a disabled account without sign-in.
        password: isShared ? undefined : PASSWORD,
        mfaSecret: undefined,
        accountEnabled: !isShared,
        userType: 'Member',
        homeUserId: undefined,
        globalAdministrator: false,
        preferredLanguage: 'en-US',
        tokensValidFrom: 0,
      },
    } as const
  }
}
