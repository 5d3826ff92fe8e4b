import { NativeSelect } from '@mantine/core'
import type { Ref } from 'react'
import { words } from '../../words/index.ts'

const AGES = [30, 90, 180, 365, 730, 1095, 1825, 2555, 3650] as const
const NONE = ''

interface AgeSelectProps {
  ref?: Ref<HTMLSelectElement>
  label: string
  description?: string
  /** Days; undefined: `none`. */
  value: number | undefined
  /** Label of the choice without an age. */
  none: string
  onChange: (days: number | undefined) => void
}

/** Age at which data is deleted. Another age, set by a program, is one of the choices while it is the value. */
export function AgeSelect({ ref, label, description, value, none, onChange }: AgeSelectProps) {
  const ages = [...new Set([...AGES, ...(value === undefined ? [] : [value])])].sort((one, other) => one - other)
  return (
    <NativeSelect
      ref={ref}
      label={label}
      description={description}
      maw={420}
      value={value === undefined ? NONE : String(value)}
      data={[
        { value: NONE, label: none },
        ...ages.map((days) => ({ value: String(days), label: words.retention.after(days) })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value === NONE ? undefined : Number(currentTarget.value))}
    />
  )
}
