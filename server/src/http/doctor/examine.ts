import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute, route } from '../route.ts'
import { DoctorReport } from './report.ts'
import { presentStream, streamExamination } from './stream.ts'

const head = { authenticate: 'person-or-key', permit: adminsAndKeys('admin:write'), validate: {} } as const

export const examineInstallation = ({ doctor }: Rooms) =>
  route({
    ...head,
    at: 'POST /v1/doctor',
    summary:
      'Examines the installation and every cloud provider; responds when all checks are complete, within a minute.',
    act: () => doctor.examine(),
    present: { status: 200, schema: DoctorReport },
  })

export const streamInstallation = ({ doctor }: Rooms) =>
  otherRoute({
    ...head,
    at: 'POST /v1/doctor/stream',
    summary: 'Examines the same as a stream: one event with a `line` per check, the last one with the `report`.',
    act: async ({ request }) => streamExamination(request, (tell) => doctor.examine(tell)),
    present: presentStream,
  })
