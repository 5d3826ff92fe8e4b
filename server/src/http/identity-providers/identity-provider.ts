import { isIP } from 'node:net'
import { z } from 'zod'
import { ADMISSIONS, MAX_ADMISSION_VALUES } from '../../identity-providers/index.ts'
import { isLoopbackAddress } from '../../kernel/addresses.ts'
import type { CloudProviderId, IdentityProviderId } from '../../kernel/ids.ts'
import { line, name, secret, Time } from '../fields.ts'
import { id } from '../ids.ts'
import { TEXTS } from '../texts.ts'

export const IdentityProvider = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z
      .enum(['microsoft', 'openid'])
      .describe('Microsoft users are identified by tenant and object ID, others by `sub`.'),
    cloudProviderId: z.string().optional().describe('Cloud Provider whose registration is used.'),
    issuer: z.string(),
    clientId: z.string(),
    tenantId: z.string().optional().describe('Microsoft tenant whose users may sign in.'),
    redirectUri: z.string().describe('To be registered at the provider, exactly like this.'),
    admission: z.object({
      kind: z.enum(ADMISSIONS),
      claim: z.string().optional(),
      adminValues: z.array(z.string()),
      agentValues: z.array(z.string()),
      domains: z.array(z.string()),
    }),
    isEnabled: z.boolean(),
    createdAt: Time,
  })
  .meta({ id: 'IdentityProvider' })

const value = line.trim().min(1).max(200)
const values = z.array(value).max(MAX_ADMISSION_VALUES).default([])
const domain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, TEXTS.domain)

/** Rules of admission. A rule without values is refused, because it would admit no one. */
export const Admission = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('invited') }),
  z
    .strictObject({
      kind: z.literal('claim'),
      claim: value.describe('Claim of the ID token, such as `roles` or `groups`.'),
      adminValues: values.describe('Values whose users become admins.'),
      agentValues: values.describe('Values whose users become agents.'),
    })
    .refine(({ adminValues, agentValues }) => adminValues.length + agentValues.length > 0, {
      path: ['agentValues'],
      message: TEXTS.admissionValue,
    }),
  z.strictObject({
    kind: z.literal('domain'),
    domains: z.array(domain).min(1).max(MAX_ADMISSION_VALUES),
  }),
])

const METADATA_PATH = /\/\.well-known\/openid-configuration\/?$/

/**
 * An issuer without query and fragment (OpenID Connect Discovery 1.0 §3), or the address of its metadata. Plain http is
 * for this machine.
 */
const issuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((text) => !/[?#]/.test(text), TEXTS.issuer)
  .refine((text) => !text.startsWith('http:') || isOnThisMachine(new URL(text)), TEXTS.issuerHttps)
  .transform((text) => text.replace(METADATA_PATH, ''))

function isOnThisMachine({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  return hostname === 'localhost' || (isIP(address) !== 0 && isLoopbackAddress(address))
}

export const NewIdentityProvider = z.strictObject({
  id: id<IdentityProviderId>().optional().describe('Chosen by the caller: the last part of the redirect URI.'),
  name: name.describe('Shown on the sign-in page: Continue with …'),
  client: z
    .union([
      z.strictObject({ cloudProviderId: id<CloudProviderId>() }),
      z.strictObject({ issuer, clientId: value, clientSecret: secret(1, 500) }),
    ])
    .describe('The registration of a Cloud Provider, or a separate client.'),
  admission: Admission.default({ kind: 'invited' }),
})

export const IdentityProviderChanges = z.strictObject({
  name: name.optional(),
  clientSecret: secret(1, 500).optional(),
  admission: Admission.optional(),
  isEnabled: z.boolean().optional().describe('Enabling fetches the metadata of the provider first.'),
})
