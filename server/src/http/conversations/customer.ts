import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { Attachment } from '../messages/list-attachments.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Conversation } from './conversation.ts'

const CustomerNote = z
  .object({
    body: z.string(),
    version: z.int().describe('Send it with the next change.'),
    authorId: z.string().optional(),
    updatedAt: Time.optional(),
  })
  .meta({ id: 'CustomerNote' })

const Customer = z
  .object({
    address: z.string(),
    names: z.array(z.string()),
    firstContactAt: Time.optional(),
    lastContactAt: Time.optional(),
    conversations: z
      .array(Conversation)
      .describe('Other conversations in which the customer has written, latest first.'),
    organization: z.string().optional().describe('Domain; absent for a free mail service.'),
    ofOrganization: z.array(Conversation).describe('Conversations of other addresses of the domain, latest first.'),
    files: z.array(Attachment.extend({ conversationId: z.string(), receivedAt: Time })),
    note: CustomerNote,
  })
  .meta({ id: 'Customer' })

export const getCustomer = (rooms: Rooms) =>
  route({
    at: 'GET /v1/conversations/:id/customer',
    summary:
      "Returns what is known about the first participant of a conversation, from the caller's mailboxes: contacts, other conversations, files and the note.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: async ({ params, caller }) => {
      const customer = await rooms.conversations.customers.of(params.id, caller.visibleAccounts)
      const authors = customer?.note.authorId === undefined ? [] : [customer.note.authorId]
      return { customer, names: Object.fromEntries(await rooms.people.people.namesOf(authors)) }
    },
    present: {
      status: 200,
      schema: z.object({
        customer: Customer.optional().describe('Absent if the mailbox wrote to itself.'),
        names: z.record(z.string(), z.string()).describe('Name of the author of the note, by id.'),
      }),
    },
  })

export const saveCustomerNote = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/conversations/:id/customer/note',
    summary: 'Replaces the note about the customer of a conversation. Refused if it was changed since `version`.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({ body: z.string().trim().max(5_000), version: z.int().min(0) }),
    },
    act: ({ params, body, caller }) =>
      rooms.conversations.customers.saveNote(params.id, body.body, body.version, toAuthor(caller)),
    present: { status: 200, schema: CustomerNote },
  })
