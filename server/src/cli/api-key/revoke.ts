import { fillText } from '../../kernel/errors.ts'
import { toShownText } from '../../kernel/shown-text.ts'
import { refusal } from '../refusal.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type Verb } from '../verb.ts'
import { PrintedApiKey } from './api-key.ts'

export const apiKeyRevokeVerb: Verb = {
  name: 'api-key revoke',
  sentence: TEXTS.apiKeyRevokeSentence,
  details: [TEXTS.apiKeyRevokeDetails],
  operands: [{ name: 'KEY' }],
  shape: PrintedApiKey,
  async run({ open, operands, json, print }) {
    const wanted = operands[0]!
    const { apiKeys } = (await open()).people
    const found = (await apiKeys.list()).filter(
      ({ id, prefix, revokedAt }) => revokedAt === undefined && (id === wanted.toLowerCase() || prefix === wanted),
    )
    const [key] = found
    if (!key || found.length > 1) throw refusal('people.not_found', fillText(TEXTS.unknownApiKey, { key: wanted }))
    const revoked = await apiKeys.revoke(key.id, ACTOR)
    if (json) print(toJson(PrintedApiKey, revoked))
    else print(fillText(TEXTS.apiKeyRevoked, { name: toShownText(key.name), prefix: key.prefix }))
    return EXIT.fine
  },
}
