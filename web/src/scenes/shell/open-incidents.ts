import { useQuery } from '@tanstack/react-query'
import { getIncidentsOptions, type Incident } from '../../api/client.ts'

/** Number of fetched items; the rest is only counted. */
const MOST = 200

/** Open incidents: for agents those of their mailboxes, for admins all. */
export function useOpenIncidents(): readonly Incident[] {
  return useQuery(getIncidentsOptions({ query: { state: 'open', limit: MOST } })).data?.incidents ?? []
}
