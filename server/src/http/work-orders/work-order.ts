import { z } from 'zod'
import { AccountTypes, OpenedByApplication } from '../cloud-providers/cloud-provider.ts'
import { name, Time } from '../fields.ts'

/** Requested registration: cloud, organizations and mail protocols. */
export const RequestedOrder = z.strictObject({
  cloud: z.string().max(100),
  accountTypes: AccountTypes,
  receives: z.enum(['graph', 'imap']).optional(),
  sends: z.enum(['graph', 'smtp']).optional(),
  kinds: z
    .array(z.enum(['user', 'shared']))
    .min(1)
    .max(2),
  application: OpenedByApplication.optional(),
  credential: z
    .enum(['secret', 'certificate'])
    .optional()
    .describe('Client authentication of the application. With a certificate, no secret is created.'),
  displayName: name.max(120).optional(),
})

export const WorkOrder = z
  .object({
    cloud: z.object({ id: z.string(), name: z.string(), portal: z.string() }),
    displayName: z.string(),
    accountTypes: AccountTypes,
    accountTypesInPortal: z.string(),
    signInAudience: z.string(),
    redirectUri: z.string().describe('Copy it exactly; it is compared character by character.'),
    permissions: z.array(
      z.object({
        resourceName: z.string(),
        resourceAppId: z.string(),
        value: z.string(),
        id: z.string(),
        type: z.enum(['Scope', 'Role']),
        allowedIn: z.enum(['entra-id', 'exchange']),
        purpose: z.string(),
      }),
    ),
    steps: z.array(z.object({ text: z.string(), copy: z.string().optional() })),
    scripts: z
      .object({ azureCli: z.string(), graphPowerShell: z.string() })
      .optional()
      .describe('Absent for a cloud unknown to these tools, such as the sandbox.'),
    manifest: z.object({
      displayName: z.string(),
      signInAudience: z.string(),
      web: z.object({ redirectUris: z.array(z.string()) }),
      api: z.object({ requestedAccessTokenVersion: z.literal(2) }),
      requiredResourceAccess: z.array(
        z.object({
          resourceAppId: z.string(),
          resourceAccess: z.array(z.object({ id: z.string(), type: z.enum(['Scope', 'Role']) })),
        }),
      ),
    }),
  })
  .meta({ id: 'WorkOrder' })

export const WorkOrderLink = z
  .object({
    id: z.string(),
    request: z.object({
      cloud: z.string(),
      accountTypes: AccountTypes,
      receives: z.enum(['graph', 'imap']).optional(),
      sends: z.enum(['graph', 'smtp']).optional(),
      kinds: z.array(z.enum(['user', 'shared'])),
      application: OpenedByApplication.optional(),
      credential: z.enum(['secret', 'certificate']).optional(),
      displayName: z.string().optional(),
    }),
    state: z.enum(['open', 'proposed', 'confirmed', 'revoked', 'expired']),
    createdBy: z.string(),
    createdAt: Time,
    expiresAt: Time,
    proposal: z
      .object({
        tenantId: z.string(),
        clientId: z.string(),
        tenantDomain: z.string().optional(),
        tenantKnown: z.boolean().optional(),
      })
      .optional(),
    proposedAt: Time.optional(),
    cloudProviderId: z.string().optional(),
  })
  .meta({ id: 'WorkOrderLink' })

/** A request with every field, some of them undefined. */
export function completeRequest(request: z.output<typeof RequestedOrder>) {
  return { ...request, receives: request.receives, sends: request.sends }
}
