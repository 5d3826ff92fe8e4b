/** Actions of an Entra admin on a user, for tests of ended sign-ins. */
import { Client } from 'pg'
import { createPerson, overHttp } from '../sandbox/test/browser.ts'
import { signInAs } from '../proofs/walk/microsoft-pages.ts'
import type { StartedPostkey } from '../proofs/walk/started-postkey.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'

/** Revokes Anna's sessions as an Entra admin; her last access token is treated as expired. */
export async function endSignInOfAnna({ sandbox, place }: Pick<StartedPostkey, 'sandbox' | 'place'>): Promise<void> {
  const { portal, controlPanel } = sandbox
  const entraAdmin = createPerson(overHttp(Object.values(sandbox).map((url) => new URL(url).origin)))
  await entraAdmin.open(portal)
  await signInAs(entraAdmin, 'ada@contoso.example', { controlPanel, isThere: (url) => url.startsWith(portal) })
  await entraAdmin.open(`${portal}/users`)
  await entraAdmin.follow('Anna Berg')
  await entraAdmin.submit({}, { button: 'Revoke sessions' })
  const database = new Client({ connectionString: readDatabaseUrl(place) })
  await database.connect()
  await database.query('DELETE FROM access_tokens')
  await database.end()
}
