import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins, signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const Allowance = z
  .strictObject({ isAllowed: z.boolean().describe('Allows sign-ins by device code.') })
  .meta({ id: 'DeviceCodeAllowance' })

export const getDeviceCodeAllowance = ({ cloudProviders, deviceCodeAllowances }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers/:id/device-code',
    summary: 'Returns the permission for signing in by a code. Off by default.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<CloudProviderId>() },
    act: async ({ params }) => {
      const { id } = await cloudProviders.get(params.id)
      return { isAllowed: await deviceCodeAllowances.isAllowed(id) }
    },
    present: { status: 200, schema: Allowance },
  })

export const allowDeviceCode = ({ deviceCodeAllowances }: Rooms) =>
  route({
    at: 'PUT /v1/cloud-providers/:id/device-code',
    summary: 'Allows or forbids signing in by a code.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<CloudProviderId>(), body: Allowance },
    act: async ({ params, body, caller }) => {
      await deviceCodeAllowances.allow(params.id, body.isAllowed, toActor(caller))
      return body
    },
    present: { status: 200, schema: Allowance },
  })
