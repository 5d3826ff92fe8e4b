import { removeAuthenticatorApp, setUpAuthenticatorApp, useAuthenticatorApp } from './authenticator-app.ts'
import { createRecoveryCodes } from './create-recovery-codes.ts'
import { listFactors } from './list.ts'
import { addPasskey, passkeyCreationOptions, removePasskey, renamePasskey } from './passkeys.ts'
import type { Route } from '../route.ts'
import type { Rooms } from '../rooms.ts'

/** Routes of the second factors of the signed-in person. */
export function factorRoutes(rooms: Rooms): Route[] {
  return [
    removeAuthenticatorApp(rooms),
    setUpAuthenticatorApp(rooms),
    useAuthenticatorApp(rooms),
    createRecoveryCodes(rooms),
    listFactors(rooms),
    addPasskey(rooms),
    passkeyCreationOptions(rooms),
    removePasskey(rooms),
    renamePasskey(rooms),
  ]
}
