import { createRowCache, type Database, type RowCache } from '../database/index.ts'
import type { CloudProviderId } from '../kernel/ids.ts'
import type { CloudProviders } from './cloud-providers-port.ts'
import type { CloudProvider } from './cloud-provider.ts'

/** Cloud Providers as last stored by any process, without a query for each: for work that recurs in every mailbox. */
export type KeptProviders = Pick<CloudProviders, 'get' | 'cloudOf'> & Pick<RowCache<CloudProvider>, 'start' | 'stop'>

export function createKeptProviders(
  database: Pick<Database, 'listen'>,
  cloudProviders: Pick<CloudProviders, 'get' | 'cloudOf'>,
): KeptProviders {
  const rows = createRowCache<CloudProvider>(database, 'cloud_providers')
  return {
    get: (id: CloudProviderId) => rows.get(id, () => cloudProviders.get(id)),
    cloudOf: (provider) => cloudProviders.cloudOf(provider),
    start: () => rows.start(),
    stop: () => rows.stop(),
  }
}
