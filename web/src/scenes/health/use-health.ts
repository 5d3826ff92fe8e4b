import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdHealthOptions } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { toDay, toTimeRange, type Day } from './day.ts'

/** Polling interval of the current day; events arrive sooner. */
const LOOK_EVERY_MS = 60_000

/** Health on one day; without a day, on the server's today, independent of this machine's clock. */
export function useHealth(id: string, wanted: Day | undefined) {
  const here = toDay(clock.now())
  const first = useQuery(optionsOf(id, wanted ?? here))
  const today = first.data ? toDay(new Date(first.data.now)) : here
  const day = wanted ?? today
  const second = useQuery({ ...optionsOf(id, day), enabled: day !== (wanted ?? here) })
  const { data, error, refetch } = day === (wanted ?? here) ? first : second
  return { data, error, refetch, day, today }
}

function optionsOf(id: string, day: Day) {
  return {
    ...getEmailAccountsIdHealthOptions({ path: { id }, query: toTimeRange(day) }),
    refetchInterval: LOOK_EVERY_MS,
  }
}
