import { z } from 'zod'
import { ROLES } from '../../people/index.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { inColumns } from '../columns.ts'
import { Time, toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'

const Role = z.enum(ROLES)

const Users = z.object({
  users: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      role: Role,
      emailAccountIds: z.array(z.string()),
      createdAt: Time,
    }),
  ),
  invitations: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      email: z.string().optional(),
      role: Role,
      createdAt: Time,
      expiresAt: Time,
    }),
  ),
})

export const userListVerb: Verb = {
  name: 'user list',
  sentence: TEXTS.userListSentence,
  shape: Users,
  async run({ open, json, print }) {
    const { people, emailAccounts } = await open()
    const [users, invitations] = await Promise.all([people.people.list(), people.links.listOpen()])
    if (json) {
      print(toJson(Users, { users, invitations }))
      return EXIT.fine
    }
    const keys = new Map((await emailAccounts.list()).map(({ id, key }) => [id, key]))
    const keysOf = (ids: (typeof users)[number]['emailAccountIds']) => ids.map((id) => keys.get(id)).join(', ')
    const rows = [
      ...users.map(({ email, name, role, emailAccountIds, createdAt }) => [
        email,
        name,
        role,
        role === 'admin' ? TEXTS.allMailboxes : keysOf(emailAccountIds),
        shownTime(createdAt),
      ]),
      ...invitations.map(({ email = '', name = '', role, createdAt }) => [
        email,
        name,
        role,
        TEXTS.invited,
        shownTime(createdAt),
      ]),
    ]
    print(rows.length === 0 ? TEXTS.noUsers : inColumns([['EMAIL', 'NAME', 'ROLE', 'MAILBOXES', 'SINCE'], ...rows]))
    return EXIT.fine
  },
}
