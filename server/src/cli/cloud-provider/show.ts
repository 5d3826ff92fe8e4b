import { z } from 'zod'
import type { CredentialSummary } from '../../cloud-providers/index.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { inFields } from '../columns.ts'
import { reasonText } from '../reason-text.ts'
import { Time, toJson } from '../shapes.ts'
import { FIELDS, TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'
import { findProvider, presentProvider, PrintedProvider } from './cloud-provider.ts'

const ShownProvider = PrintedProvider.extend({
  credentials: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['secret', 'certificate']),
      expiresAt: Time.optional(),
      standing: z.object({
        state: z.enum(['untried', 'works', 'refused']),
        since: Time.optional(),
        code: z.string().optional(),
      }),
      createdAt: Time,
    }),
  ),
})

export const cloudProviderShowVerb: Verb = {
  name: 'cloud-provider show',
  sentence: TEXTS.cloudProviderShowSentence,
  details: [TEXTS.providerNames],
  operands: [{ name: 'PROVIDER' }],
  shape: ShownProvider,
  async run({ open, operands, json, print }) {
    const rooms = await open()
    const provider = await presentProvider(rooms, await findProvider(rooms, operands[0]!))
    const credentials = await rooms.cloudProviders.listCredentials(provider.id)
    print(json ? toJson(ShownProvider, { ...provider, credentials }) : textOf(provider, credentials))
    return EXIT.fine
  },
}

function textOf(provider: Awaited<ReturnType<typeof presentProvider>>, credentials: readonly CredentialSummary[]) {
  const { name, cloud, tenantId, clientId, contact, deputy, application, state, stateSince, reason, id } = provider
  const fields = inFields([
    [FIELDS.name, name],
    [FIELDS.cloud, cloud],
    [FIELDS.tenantId, tenantId],
    [FIELDS.clientId, clientId],
    [FIELDS.contact, contact],
    [FIELDS.deputy, deputy],
    [FIELDS.application, application],
    [FIELDS.state, state],
    [FIELDS.since, shownTime(stateSince)],
    ...credentials.map((each): [string, string] => [FIELDS[each.kind], textOfCredential(each)]),
    [FIELDS.id, id],
  ])
  return reason ? [fields, '', reasonText(undefined, reason)].join('\n') : fields
}

function textOfCredential({ standing, expiresAt }: CredentialSummary): string {
  const reason = 'code' in standing ? standing.code : undefined
  const code = reason === undefined ? '' : ` (${reason})`
  return `${standing.state}${code}${expiresAt ? `, ${FIELDS.expires} ${shownTime(expiresAt)}` : ''}`
}
