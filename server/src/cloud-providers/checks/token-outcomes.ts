import type { Database } from '../../database/index.ts'
import type { CredentialStandings } from '../credentials/credential-standings.ts'
import type { ProviderLifecycle } from '../provider-lifecycle.ts'
import type { CloudProviders } from '../cloud-providers-port.ts'

export interface TokenOutcomesDeps {
  database: Database
  standings: CredentialStandings
  lifecycle: ProviderLifecycle
}

export type TokenOutcomes = Pick<CloudProviders, 'credentialAccepted' | 'credentialRefused' | 'registrationRefused'>

/** Records answers of the token endpoint: the standing of the credential and the state of the provider. */
export function createTokenOutcomes({ database, standings, lifecycle }: TokenOutcomesDeps): TokenOutcomes {
  return {
    async credentialAccepted(provider, credential) {
      if (provider.state === 'connected' && provider.workedAt && !standings.isNews(credential)) return
      await database.transaction(async (tx) => {
        await lifecycle.hold(tx, provider.id)
        if (standings.isNews(credential)) await standings.worked(tx, credential.id)
        const reason = await standings.faultOf(tx, provider.id)
        await lifecycle.move(tx, provider.id, reason ? 'accepted-with-fault' : 'accepted', { reason, worked: true })
      })
    },

    async credentialRefused(provider, credential, error) {
      const { standing } = credential
      if (standing.state === 'refused' && standing.code === error.code) return
      await database.transaction(async (tx) => {
        await lifecycle.hold(tx, provider.id)
        await standings.refused(tx, credential, error.code)
      })
    },

    async registrationRefused({ id }, { code }) {
      await database.transaction((tx) => lifecycle.move(tx, id, 'rejected', { reason: code }))
    },
  }
}
