import { useEffect } from 'react'
import { setTitleCount } from '../../components/page-title.ts'
import { useCounts } from '../inbox/use-counts.ts'

/** Shows in the tab how many conversations wait for the user's reply. */
export function TitleCount() {
  const count = useCounts()?.forMe ?? 0
  useEffect(() => setTitleCount(count), [count])
  useEffect(() => () => setTitleCount(0), [])
  return undefined
}
