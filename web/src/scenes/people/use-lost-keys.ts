import { useQuery } from '@tanstack/react-query'
import { getApiKeysOptions, type Person } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { lostKeyLines } from './lost-keys.ts'

/** Lines about the API keys that are revoked when a person stops being an admin; read while `enabled`. */
export function useLostKeys(person: Person, enabled: boolean): string[] {
  const { data } = useQuery({ ...getApiKeysOptions(), enabled: enabled && person.role === 'admin' })
  return lostKeyLines(person, data?.apiKeys, clock.now())
}
