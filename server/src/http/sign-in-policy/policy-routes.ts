import type { Rooms } from '../rooms.ts'
import type { Route } from '../route.ts'
import { changeSignInPolicy } from './change.ts'
import { getSignInPolicy, previewSignInPolicy } from './get.ts'

/** Routes of the sign-in policy. */
export function policyRoutes(rooms: Rooms): Route[] {
  return [getSignInPolicy(rooms), previewSignInPolicy(rooms), changeSignInPolicy(rooms)]
}
