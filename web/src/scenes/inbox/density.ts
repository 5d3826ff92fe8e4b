import { useLocalStorage } from '@mantine/hooks'

export const DENSITIES = ['comfortable', 'compact'] as const
export type Density = (typeof DENSITIES)[number]

/** Height of a row of the list, in pixels. */
const ROW_HEIGHTS: Readonly<Record<Density, number>> = { comfortable: 64, compact: 44 }

/** Personal setting, kept in this browser and applied in all of its windows. */
export function useDensity() {
  const [stored, setDensity] = useLocalStorage<Density>({
    key: 'postkey:density',
    defaultValue: 'comfortable',
    getInitialValueInEffect: false,
  })
  const density = DENSITIES.includes(stored) ? stored : 'comfortable'
  return { density, rowHeight: ROW_HEIGHTS[density], setDensity }
}
