import { z } from 'zod'
import type { Cloud } from '../cloud-providers/index.ts'
import type { Secret } from '../kernel/secret.ts'

const Claims = z.object({
  aud: z.string().max(300),
  tid: z.string().max(100).optional(),
  oid: z.string().max(100).optional(),
  /** Delegated permissions, and those of an application. */
  scp: z.string().max(4000).optional(),
  roles: z.array(z.string().max(200)).max(200).optional(),
})

export type TokenClaims = z.infer<typeof Claims>

/**
 * What an access token says about itself, to be shown to an admin. It is Microsoft's and not ours to verify, so nothing is
 * ever decided by it; those of personal accounts are opaque and say nothing.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-tokens
 */
export function readClaims(token: Secret): TokenClaims | undefined {
  const [, payload, signature] = token.reveal().split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** What Graph calls itself in `aud`, besides its address. @see docs/reference/microsoft-365.md §B.3 */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

export function isForGraph({ aud }: TokenClaims, cloud: Cloud): boolean {
  return [GRAPH_APP_ID, cloud.graphRoot, cloud.scopePrefixes.graph].some(
    (name) => name.replace(/\/$/, '') === aud.replace(/\/$/, ''),
  )
}
