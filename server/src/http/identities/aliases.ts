import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { EmailAccount } from '../email-accounts/email-account.ts'
import { emailAddress } from '../fields.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { aliasParams } from './identity.ts'

export const readAliases = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/aliases/read',
    summary: 'Reads the aliases of a mailbox from the mail server. Refused if the server does not return them.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params, caller }) => emailAccounts.readAliases(params.id, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })

export const addAlias = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/aliases',
    summary: 'Adds an alias: mail to and from it belongs to the mailbox. A test mail shows that it can send.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: z.strictObject({ address: emailAddress }) },
    act: ({ params, body, caller }) => emailAccounts.addAlias(params.id, body.address, toActor(caller)),
    present: { status: 201, schema: EmailAccount, location: ({ id }) => `/v1/email-accounts/${id}` },
  })

export const tryAlias = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/aliases/:address/try',
    summary: 'Sends a mail from the alias to the mailbox itself; its `trial` contains the result, including a refusal.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: aliasParams },
    act: ({ params, caller }) => emailAccounts.tryAlias(params.id, params.address, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })

export const removeAlias = ({ emailAccounts }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id/aliases/:address',
    summary: 'Removes an alias. Refused while the mailbox sends from it.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: aliasParams },
    act: ({ params, caller }) => emailAccounts.removeAlias(params.id, params.address, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })
