import type { SignInLinkId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const revokeSignInLink = ({ signInLinks }: Rooms) =>
  route({
    at: 'DELETE /v1/sign-in-links/:id',
    summary: 'Revokes a sign-in link. Its results stay.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<SignInLinkId>() },
    act: ({ params, caller }) => signInLinks.revoke(params.id, toActor(caller)),
    present: { status: 204 },
  })
