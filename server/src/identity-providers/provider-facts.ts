import type { ProviderFacts } from '../people/index.ts'

/** Enabled providers and linked people, for the sign-in policy. */
export const providerFacts: ProviderFacts = {
  async isAvailable(tx) {
    const row = await tx
      .selectFrom('identity_providers')
      .select('id')
      .where('is_enabled', '=', true)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  },

  async linked(tx) {
    const rows = await tx
      .selectFrom('linked_identities')
      .innerJoin('identity_providers', 'identity_providers.id', 'linked_identities.identity_provider_id')
      .select('user_id')
      .distinct()
      .where('is_enabled', '=', true)
      .execute()
    return new Set(rows.map(({ user_id: id }) => id))
  },
}
