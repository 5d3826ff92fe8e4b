import { openIdConfirmationRoutes } from '../openid-confirmations/openid-confirmations.ts'
import type { Rooms } from '../rooms.ts'
import type { Route } from '../route.ts'
import { policyRoutes } from '../sign-in-policy/policy-routes.ts'
import { changePassword } from '../session/change-password.ts'
import { confirmationPasskeyOptions, confirmSession, listConfirmations } from '../session/confirm.ts'
import { endSessionsOf } from './end-of-person.ts'
import { endOtherSessions, endSession } from './end.ts'
import { listSessions } from './list.ts'

/** Routes of open sessions: their end, another proof of identity, the password, and the policy for all of them. */
export function sessionRoutes(rooms: Rooms): Route[] {
  return [
    changePassword(rooms),
    confirmSession(rooms),
    confirmationPasskeyOptions(rooms),
    listConfirmations(rooms),
    ...openIdConfirmationRoutes(rooms),
    listSessions(rooms),
    endOtherSessions(rooms),
    endSession(rooms),
    endSessionsOf(rooms),
    ...policyRoutes(rooms),
  ]
}
