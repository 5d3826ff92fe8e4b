import { Radio, Stack } from '@mantine/core'
import { words } from '../../words/index.ts'
import type { AccountTypes } from './registration-choice.ts'

const TYPES: readonly AccountTypes[] = ['single-tenant', 'multitenant', 'multitenant-and-personal']

interface AccountTypesChoiceProps {
  value: AccountTypes
  hasPersonal: boolean
  onChange: (value: AccountTypes) => void
}

/** The three types in Microsoft's words, each with its use. */
export function AccountTypesChoice({ value, hasPersonal, onChange }: AccountTypesChoiceProps) {
  const { accountTypes, types, noPersonal } = words.setup.register
  return (
    <Radio.Group label={accountTypes} value={value} onChange={(next) => onChange(next)}>
      <Stack gap="xs" mt="xs">
        {TYPES.map((type) => {
          const absent = type === 'multitenant-and-personal' && !hasPersonal
          return (
            <Radio
              key={type}
              value={type}
              label={types[type].name}
              description={absent ? noPersonal : types[type].when}
              disabled={absent}
            />
          )
        })}
      </Stack>
    </Radio.Group>
  )
}
