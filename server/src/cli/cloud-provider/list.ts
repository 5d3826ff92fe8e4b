import { z } from 'zod'
import { shownTime } from '../../kernel/shown-time.ts'
import { inColumns } from '../columns.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'
import { presentProvider, PrintedProvider } from './cloud-provider.ts'

const CloudProviders = z.object({ cloudProviders: z.array(PrintedProvider) })

export const cloudProviderListVerb: Verb = {
  name: 'cloud-provider list',
  sentence: TEXTS.cloudProviderListSentence,
  shape: CloudProviders,
  async run({ open, json, print }) {
    const rooms = await open()
    const providers = []
    for (const each of await rooms.cloudProviders.list()) providers.push(await presentProvider(rooms, each))
    const rows = providers.map(({ name, cloud, state, stateSince, expiresAt, reason }) => [
      name,
      cloud,
      state,
      shownTime(stateSince),
      expiresAt ? shownTime(expiresAt) : '',
      reason?.code ?? '',
    ])
    if (json) print(toJson(CloudProviders, { cloudProviders: providers }))
    else if (rows.length === 0) print(TEXTS.noCloudProviders)
    else print(inColumns([['NAME', 'CLOUD', 'STATE', 'SINCE', 'EXPIRES', 'REASON'], ...rows]))
    return EXIT.fine
  },
}
