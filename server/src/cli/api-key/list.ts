import { z } from 'zod'
import { shownTime } from '../../kernel/shown-time.ts'
import { inColumns } from '../columns.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'
import { PrintedApiKey } from './api-key.ts'

const ApiKeys = z.object({ apiKeys: z.array(PrintedApiKey) })

export const apiKeyListVerb: Verb = {
  name: 'api-key list',
  sentence: TEXTS.apiKeyListSentence,
  shape: ApiKeys,
  async run({ open, json, print }) {
    const { people, emailAccounts } = await open()
    const apiKeys = await people.apiKeys.list()
    if (json) {
      print(toJson(ApiKeys, { apiKeys }))
      return EXIT.fine
    }
    const keys = new Map((await emailAccounts.list()).map(({ id, key }) => [id, key]))
    const rows = apiKeys.map(({ name, prefix, createdByName, scopes, emailAccountIds, ...key }) => [
      name,
      prefix,
      createdByName,
      scopes.join(','),
      emailAccountIds === 'all' ? TEXTS.allMailboxes : emailAccountIds.map((id) => keys.get(id)).join(','),
      key.allowedNetworks.length === 0 ? TEXTS.everyNetwork : key.allowedNetworks.join(','),
      key.expiresAt ? shownTime(key.expiresAt) : TEXTS.neverExpires,
      key.lastUsedAt ? shownTime(key.lastUsedAt) : TEXTS.neverUsed,
      key.revokedAt ? shownTime(key.revokedAt) : '',
    ])
    print(
      rows.length === 0
        ? TEXTS.noApiKeys
        : inColumns([
            ['NAME', 'KEY', 'OWNER', 'SCOPES', 'MAILBOXES', 'NETWORKS', 'EXPIRES', 'LAST USED', 'REVOKED'],
            ...rows,
          ]),
    )
    return EXIT.fine
  },
}
