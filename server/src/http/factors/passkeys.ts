import { z } from 'zod'
import type { RegistrationResponseJSON } from '../../people/index.ts'
import { alsoWithoutFactor, freshPeople, signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { factorChange, RecoveryCodes, revealCodes } from './factor-change.ts'
import {
  NewPasskey,
  Passkey,
  PasskeyCreationOptions,
  passkeyIdParam,
  passkeyName,
  withoutNothing,
} from './passkey-schemas.ts'

export const passkeyCreationOptions = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/account/passkeys/options',
    summary: 'Returns the options with which this browser creates a passkey, within five minutes.',
    authenticate: 'person',
    permit: alsoWithoutFactor(freshPeople),
    validate: {},
    act: (input) => {
      const browser = browserSessions.hashFor(input.request, input.reply)
      return people.passkeys.creationOptions(factorChange(input).id, browser)
    },
    present: { status: 200, schema: PasskeyCreationOptions },
  })

export const addPasskey = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/account/passkeys',
    summary: 'Adds a passkey that this browser has created. The first factor comes with recovery codes.',
    authenticate: 'person',
    permit: alsoWithoutFactor(freshPeople),
    validate: { body: z.strictObject({ name: passkeyName, response: NewPasskey }) },
    repeated: 'once',
    act: async (input) => {
      const { body, request, reply } = input
      const browser = browserSessions.hashFor(request, reply)
      const response = withoutNothing<RegistrationResponseJSON>(body.response)
      const { recoveryCodes, passkey } = await people.passkeys.add(factorChange(input), {
        ...{ name: body.name, response, browser },
      })
      return { passkey, recoveryCodes: recoveryCodes && revealCodes(recoveryCodes) }
    },
    present: {
      status: 201,
      schema: z.object({ passkey: Passkey, recoveryCodes: RecoveryCodes.optional() }).meta({ id: 'AddedPasskey' }),
      location: ({ passkey }) => `/v1/account/passkeys/${passkey.id}`,
    },
  })

export const renamePasskey = ({ people }: Rooms) =>
  route({
    at: 'PATCH /v1/account/passkeys/:id',
    summary: 'Renames a passkey of the signed-in person.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: { params: passkeyIdParam, body: z.strictObject({ name: passkeyName }) },
    act: (input) => people.passkeys.rename(factorChange(input).id, input.params.id, input.body.name),
    present: { status: 200, schema: Passkey },
  })

export const removePasskey = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/account/passkeys/:id',
    summary: 'Removes a passkey of the signed-in person and ends all their other sessions.',
    authenticate: 'person',
    permit: freshPeople,
    validate: { params: passkeyIdParam },
    act: (input) => people.passkeys.remove(factorChange(input), input.params.id),
    present: { status: 204 },
  })
