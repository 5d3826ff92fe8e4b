import { z } from 'zod'
import type { AdmissionRequestId, EmailAccountId } from '../../kernel/ids.ts'
import { ROLES } from '../../people/index.ts'
import { toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { id, idParam } from '../ids.ts'
import { Person } from '../people/person.ts'
import { freshAdmins, signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const AdmissionRequest = z
  .object({
    id: z.string(),
    identityProviderId: z.string(),
    email: z.string(),
    name: z.string(),
    createdAt: Time,
  })
  .meta({ id: 'AdmissionRequest' })

export const listAdmissionRequests = ({ admission }: Rooms) =>
  route({
    at: 'GET /v1/admission-requests',
    summary: 'Lists users of an admitted domain who signed in at a provider and wait for an admin.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {},
    act: async () => ({ admissionRequests: await admission.list() }),
    present: { status: 200, schema: z.object({ admissionRequests: z.array(AdmissionRequest) }) },
  })

export const approveAdmissionRequest = ({ admission, identityProviders }: Rooms) =>
  route({
    at: 'POST /v1/admission-requests/:id/approve',
    summary: 'Makes the user a person of the team with a role and mailboxes.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: {
      params: idParam<AdmissionRequestId>(),
      body: z.strictObject({
        role: z.enum(ROLES),
        emailAccountIds: z.array(id<EmailAccountId>()).max(1000).default([]),
      }),
    },
    act: ({ params, body, caller }) =>
      admission.approve(params.id, body, {
        actor: toActor(caller),
        providerOf: (providerId) => identityProviders.get(providerId),
      }),
    present: { status: 201, schema: Person, location: ({ id }) => `/v1/people/${id}` },
  })

export const refuseAdmissionRequest = ({ admission }: Rooms) =>
  route({
    at: 'DELETE /v1/admission-requests/:id',
    summary: 'Removes a request. The user may ask again.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<AdmissionRequestId>() },
    act: ({ params, caller }) => admission.refuse(params.id, toActor(caller)),
    present: { status: 204 },
  })
