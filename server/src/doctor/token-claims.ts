import { z } from 'zod'
import type { Cloud } from '../cloud-providers/index.ts'
import type { Secret } from '../kernel/secret.ts'

const Claims = z.object({
  aud: z.string().max(300),
  tid: z.string().max(100).optional(),
  oid: z.string().max(100).optional(),
  /** Delegated permissions (`scp`) and those of an application (`roles`). */
  scp: z.string().max(4000).optional(),
  roles: z.array(z.string().max(200)).max(200).optional(),
})

export type TokenClaims = z.infer<typeof Claims>

/**
 * Decodes the claims of an access token to display them to an admin. The token is issued for Microsoft, and Postkey
 * can't verify it, so no decision depends on its claims. Tokens of personal accounts are opaque; the result is then
 * `undefined`.
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

/** Graph's application ID in `aud`, which may also contain its address. @see docs/reference/microsoft-365.md §B.3 */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

export function isForGraph({ aud }: TokenClaims, cloud: Cloud): boolean {
  return [GRAPH_APP_ID, cloud.graphRoot, cloud.scopePrefixes.graph].some(
    (name) => name.replace(/\/$/, '') === aud.replace(/\/$/, ''),
  )
}
