import { admins, signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SignInPolicyAnswer, SignInPolicyPreview } from './policy-schemas.ts'

export const getSignInPolicy = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/sign-in-policy',
    summary: 'Returns how people may sign in, with the admins who can be break-glass admins.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: () => people.signInPolicy.get(),
    present: { status: 200, schema: SignInPolicyAnswer },
  })

export const previewSignInPolicy = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/sign-in-policy/preview',
    summary: 'Lists who could not sign in any more if only providers were accepted now, and who has no second factor.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {},
    act: () => people.signInPolicy.preview(),
    present: { status: 200, schema: SignInPolicyPreview },
  })
