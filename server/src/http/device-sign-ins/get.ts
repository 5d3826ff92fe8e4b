import { AppError } from '../../kernel/errors.ts'
import type { DeviceSignInId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { DeviceSignIn } from './device-sign-in.ts'

/** Available to guests, too: the sign-in belongs to the browser in which it was begun. */
export const getDeviceSignIn = ({ deviceSignIns, browserSessions }: Rooms) =>
  route({
    at: 'GET /v1/device-sign-ins/:id',
    summary: 'Returns the status of a sign-in by device code, in the browser that began it.',
    authenticate: 'none',
    permit: anyone,
    validate: { params: idParam<DeviceSignInId>() },
    act: ({ params, request }) => {
      const session = browserSessions.find(request)
      if (!session) throw new AppError('tokens.device_sign_in_not_found')
      return deviceSignIns.look(params.id, session)
    },
    present: { status: 200, schema: DeviceSignIn },
  })
