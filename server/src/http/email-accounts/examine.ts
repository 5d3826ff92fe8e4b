import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { DoctorReport } from '../doctor/report.ts'
import { presentStream, streamExamination } from '../doctor/stream.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys, type KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute, route } from '../route.ts'

const body = z.strictObject({
  sendTest: z.boolean().default(false).describe('Sends a mail from the mailbox to itself, the only proof of Send As.'),
})
const head = { authenticate: 'person-or-key', permit: adminsAndKeys('admin:write') } as const
const params = idParam<EmailAccountId>()

const optionsOf = ({ sendTest }: z.output<typeof body>, caller: KnownCaller) =>
  sendTest ? { sendTest: { actor: toActor(caller) } } : {}

export const examineEmailAccount = ({ doctor }: Rooms) =>
  route({
    ...head,
    at: 'POST /v1/email-accounts/:id/doctor',
    summary: 'Examines everything between Postkey and the mail of this mailbox; responds when all checks are complete.',
    whose: ({ params: { id } }) => id,
    validate: { params, body },
    act: ({ params: { id }, body: options, caller }) => doctor.examineAccount(id, optionsOf(options, caller)),
    present: { status: 200, schema: DoctorReport },
  })

export const streamEmailAccount = ({ doctor }: Rooms) =>
  otherRoute({
    ...head,
    at: 'POST /v1/email-accounts/:id/doctor/stream',
    summary: 'Examines the same as a stream: one event with a `line` per check, the last one with the `report`.',
    whose: ({ params: { id } }) => id,
    validate: { params, body },
    act: async ({ params: { id }, body: options, caller, request }) =>
      streamExamination(request, (tell) => doctor.examineAccount(id, optionsOf(options, caller), tell)),
    present: presentStream,
  })
