import type { ProviderCredential } from '../../api/client.ts'
import { language, words } from '../../words/index.ts'

const text = words.cloudProviders.credentials

type Named = Pick<ProviderCredential, 'id' | 'kind' | 'hint' | 'description' | 'certificate' | 'createdAt'>

/**
 * Names of the credentials of one provider, by id. They don't change when another one is added, removed or refused.
 * Credentials with the same first characters are distinguished by the time at which they were added.
 */
export function credentialNames(credentials: readonly Named[]): ReadonlyMap<string, string> {
  const names = credentials.map(nameOf)
  return new Map(
    credentials.map(({ id, createdAt }, index) => {
      const name = names[index] ?? ''
      return [id, names.filter((other) => other === name).length === 1 ? name : text.alike(name, added(createdAt))]
    }),
  )
}

function nameOf({ kind, hint, description, certificate }: Named): string {
  return kind === 'secret' ? text.secret(hint, description) : text.certificate(certificate?.sha1.slice(0, 8))
}

function added(at: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at))
}
