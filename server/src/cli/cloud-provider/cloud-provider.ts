import { z } from 'zod'
import type { CloudProvider } from '../../cloud-providers/index.ts'
import { fillText, storedReason } from '../../kernel/errors.ts'
import { refusal } from '../refusal.ts'
import { Reason, Time } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import type { CliRooms } from '../verb.ts'

export const PrintedProvider = z.object({
  id: z.string(),
  name: z.string(),
  cloud: z.string(),
  accountTypes: z.enum(['single-tenant', 'multitenant', 'multitenant-and-personal']),
  tenantId: z.string(),
  clientId: z.string(),
  contact: z.string(),
  deputy: z.string().optional(),
  application: z.enum(['chosen-mailboxes', 'all-mailboxes']).optional(),
  state: z.enum(['connecting', 'connected', 'degraded', 'needs-admin']),
  stateSince: Time,
  reason: Reason.optional(),
  /** Expiry of the last working credential, from 60 days before. */
  expiresAt: Time.optional(),
  workedAt: Time.optional(),
  createdAt: Time,
})

/** The provider with the words of its reason and the expiry of its credentials. */
export async function presentProvider({ cloudProviders }: CliRooms, provider: CloudProvider) {
  const { stateReason } = provider
  const expiry = await cloudProviders.expiryOf(provider.id)
  return {
    ...provider,
    reason: stateReason === undefined ? undefined : storedReason(stateReason),
    expiresAt: expiry?.expiresAt,
  }
}

/** Finds a provider by its name or id. @throws AppError `cloud_providers.not_found` */
export async function findProvider({ cloudProviders }: CliRooms, name: string): Promise<CloudProvider> {
  const wanted = name.trim().toLowerCase()
  const found = (await cloudProviders.list()).filter((each) =>
    [each.id, each.name].some((word) => word.toLowerCase() === wanted),
  )
  const [provider] = found
  if (!provider) throw refusal('cloud_providers.not_found', fillText(TEXTS.unknownProvider, { name }))
  if (found.length > 1) throw refusal('cloud_providers.not_found', fillText(TEXTS.severalProviders, { name }))
  return provider
}
