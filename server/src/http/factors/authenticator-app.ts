import { z } from 'zod'
import { alsoWithoutFactor, freshPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from '../session/client.ts'
import { code } from '../session/complete.ts'
import { factorChange, RecoveryCodes, revealCodes } from './factor-change.ts'

const AuthenticatorSetup = z
  .object({
    secret: z.string().describe('Base32, to enter in the app by hand.'),
    uri: z.string().describe('`otpauth:` address for a QR code.'),
  })
  .meta({ id: 'AuthenticatorSetup' })

export const setUpAuthenticatorApp = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/account/authenticator-app',
    summary: 'Creates the secret of a new authenticator app. The app in use, if any, stays valid until the first code.',
    authenticate: 'person',
    permit: alsoWithoutFactor(freshPeople),
    validate: {},
    repeated: 'replaces',
    act: async (input) => {
      const { secret, uri } = await people.factors.setUpApp(factorChange(input))
      return { secret: secret.reveal(), uri: uri.reveal() }
    },
    present: { status: 201, schema: AuthenticatorSetup },
  })

export const useAuthenticatorApp = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/account/authenticator-app/confirm',
    summary:
      'Puts the new authenticator app into use with its first code, within ten minutes in the same session. The first factor comes with recovery codes.',
    authenticate: 'person',
    permit: alsoWithoutFactor(freshPeople),
    validate: { body: z.strictObject({ code }) },
    act: async (input) => {
      const client = signInClient(input.request, input.reply, browserSessions)
      const { recoveryCodes } = await people.factors.useApp(factorChange(input), input.body.code, client)
      return { recoveryCodes: recoveryCodes && revealCodes(recoveryCodes) }
    },
    present: {
      status: 200,
      schema: z.object({ recoveryCodes: RecoveryCodes.optional() }).meta({ id: 'AddedFactor' }),
    },
  })

export const removeAuthenticatorApp = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/account/authenticator-app',
    summary: 'Removes the authenticator app and ends all other sessions of the person.',
    authenticate: 'person',
    permit: freshPeople,
    validate: {},
    act: (input) => people.factors.removeApp(factorChange(input)),
    present: { status: 204 },
  })
