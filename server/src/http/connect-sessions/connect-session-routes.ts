import { addReturnUrl } from '../return-urls/add.ts'
import { listReturnUrls, removeReturnUrl } from '../return-urls/return-urls.ts'
import { rotateReturnUrlSecret } from '../return-urls/rotate-secret.ts'
import type { Rooms } from '../rooms.ts'
import type { Route } from '../route.ts'
import { cancelConnectSession, createConnectSession, getConnectSession, listConnectSessions } from './manage.ts'
import { beginConnectSession, leaveConnectSession, previewConnectSession } from './owner.ts'

/** Routes of connect sessions: for programs, for owners of mailboxes, and for admins. */
export function connectSessionRoutes(rooms: Rooms): Route[] {
  return [
    createConnectSession(rooms),
    listConnectSessions(rooms),
    getConnectSession(rooms),
    cancelConnectSession(rooms),
    previewConnectSession(rooms),
    beginConnectSession(rooms),
    leaveConnectSession(rooms),
    listReturnUrls(rooms),
    addReturnUrl(rooms),
    rotateReturnUrlSecret(rooms),
    removeReturnUrl(rooms),
  ]
}
