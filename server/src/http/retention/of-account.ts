import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { MOST_MAIL_COUNTED } from '../../retention/index.ts'
import { toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { admins, adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountAges, agesOf, AskedAccountAges, WantedAccountAges } from './ages.ts'

const Sizes = z
  .object({
    messages: z.int().describe('Messages received and sent by this mailbox.'),
    sources: z.int(),
    sourceBytes: z.int().describe('As stored, compressed.'),
    attachments: z.int(),
    attachmentBytes: z.int().describe('As listed in the messages. They are stored as part of the sources, if at all.'),
    countedAt: Time,
  })
  .meta({ id: 'StoredSizes' })

export const getAccountRetention = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/retention',
    summary: 'Returns the ages at which mail of a mailbox is deleted here, and the size of its stored mail.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params: { id } }) => {
      await emailAccounts.get(id)
      return { ...(await retention.settings.ofAccount(id)), sizes: (await retention.sizes.list()).get(id) }
    },
    present: {
      status: 200,
      schema: AccountAges.extend({ sizes: Sizes.optional().describe('Absent until they are counted.') }),
    },
  })

export const previewAccountRetention = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/retention/preview',
    summary:
      'Counts what these ages would delete at once. Counts include conversations that stay because of a draft or a message in the outbox.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), query: AskedAccountAges },
    act: async ({ params: { id }, query }) => {
      await emailAccounts.get(id)
      return retention.previews.ofAccount(id, agesOf(query))
    },
    present: {
      status: 200,
      schema: z.object({
        conversations: z.int(),
        messages: z.int(),
        sources: z.int().describe('Deleted without their messages.'),
        bytes: z.int().describe('Size of these sources, as stored.'),
        onLegalHold: z.int().describe('Conversations of that age that stay because of a legal hold.'),
        atLeast: z
          .array(z.enum(['conversations', 'messages', 'sources', 'onLegalHold']))
          .describe(`Counts that ended at ${MOST_MAIL_COUNTED} conversations or sources: there may be more.`),
      }),
    },
  })

export const setAccountRetention = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'PUT /v1/email-accounts/:id/retention',
    summary:
      'Sets the ages at which mail of a mailbox is deleted here; null: never. Concerns conversations that are closed, in Spam or in Deleted, by their newest message. Nothing is deleted at the mail server, and deleted mail is not imported again.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: WantedAccountAges },
    act: async ({ params: { id }, body, caller }) => {
      await emailAccounts.get(id)
      return retention.settings.setAccount(id, agesOf(body), toActor(caller))
    },
    present: { status: 200, schema: AccountAges },
  })
