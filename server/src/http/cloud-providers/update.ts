import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { name } from '../fields.ts'
import { given } from '../given.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountTypes, CloudProvider, OpenedByApplication } from './cloud-provider.ts'
import { contact, entraId } from './inputs.ts'
import { presentProvider } from './present.ts'

export const updateCloudProvider = (rooms: Rooms) =>
  route({
    at: 'PATCH /v1/cloud-providers/:id',
    summary:
      'Changes name, account types, contacts, application access to mailboxes, and the mailbox excluded from access. Cloud, tenant and client id can be changed until the provider has worked once.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {
      params: idParam<CloudProviderId>(),
      body: z
        .strictObject({
          name,
          accountTypes: AccountTypes,
          contact,
          cloud: z.string().max(100),
          tenantId: entraId,
          clientId: entraId,
          deputy: contact.nullable(),
          application: OpenedByApplication.nullable(),
          probeAddress: contact.nullable(),
        })
        .partial(),
    },
    act: async ({ params, body, caller }) =>
      presentProvider(rooms, await rooms.cloudProviders.update(params.id, given(body), toActor(caller))),
    present: { status: 200, schema: CloudProvider },
  })
