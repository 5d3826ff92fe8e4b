import type { Rooms } from '../rooms.ts'
import type { Route } from '../route.ts'
import { linkSignIn, listLinkedSignIns, unlinkSignIn } from './linked-sign-ins.ts'
import { listLinkedSignInsOf, unlinkSignInOf } from './of-person.ts'

/** Routes of the accounts at providers by which people sign in. */
export function linkedSignInRoutes(rooms: Rooms): Route[] {
  return [
    listLinkedSignIns(rooms),
    linkSignIn(rooms),
    unlinkSignIn(rooms),
    listLinkedSignInsOf(rooms),
    unlinkSignInOf(rooms),
  ]
}
