import { z } from 'zod'
import { toActor } from '../caller.ts'
import { name } from '../fields.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountTypes, CloudProvider, OpenedByApplication } from './cloud-provider.ts'
import { contact, entraId, NewCredential } from './inputs.ts'
import { presentProvider } from './present.ts'

export const createCloudProvider = (rooms: Rooms) =>
  route({
    at: 'POST /v1/cloud-providers',
    summary: 'Creates a cloud provider from an app registration. `check` verifies it with Microsoft.',
    authenticate: 'person',
    permit: signedInAdmins,
    needsFreshFor: ({ body }) => body.credential !== undefined,
    validate: {
      body: z.strictObject({
        name,
        cloud: z.string().max(100),
        accountTypes: AccountTypes,
        tenantId: entraId,
        clientId: entraId,
        contact,
        deputy: contact.optional(),
        application: OpenedByApplication.optional(),
        credential: NewCredential.optional(),
      }),
    },
    act: async ({ body, caller }) => presentProvider(rooms, await rooms.cloudProviders.create(body, toActor(caller))),
    present: { status: 201, schema: CloudProvider },
  })
