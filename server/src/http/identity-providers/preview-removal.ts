import { z } from 'zod'
import type { IdentityProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const People = z.array(z.object({ id: z.string(), name: z.string() }))

export const previewIdentityProviderRemoval = ({ identityProviders, people }: Rooms) =>
  route({
    at: 'GET /v1/identity-providers/:id/removal',
    summary: 'Lists who signs in by the provider, and who of them could not sign in without it.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<IdentityProviderId>() },
    act: async ({ params }) => {
      const { people: ids, stranded } = await identityProviders.dependents(params.id)
      const names = await people.people.namesOf(ids)
      const named = (some: readonly string[]) => some.map((id) => ({ id, name: names.get(id) ?? '' }))
      return { people: named(ids), stranded: named(stranded) }
    },
    present: {
      status: 200,
      schema: z
        .object({ people: People, stranded: People.describe('People with no other way to sign in.') })
        .meta({ id: 'IdentityProviderRemoval' }),
    },
  })
