import { useQuery } from '@tanstack/react-query'
import { getIncidentsOptions, type Incident } from '../../api/client.ts'

/** Number of fetched items; the rest is only counted. */
const MOST = 200

/** Open incidents: for agents those of their mailboxes, for admins all. */
export const openIncidentsQuery = getIncidentsOptions({ query: { state: 'open', limit: MOST } })

/** Empty until they are loaded. */
export function useOpenIncidents(): readonly Incident[] {
  return useQuery(openIncidentsQuery).data?.incidents ?? []
}
