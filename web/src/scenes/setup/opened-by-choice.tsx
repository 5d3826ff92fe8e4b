import { Radio, Stack } from '@mantine/core'
import { words } from '../../words/index.ts'
import type { OpenedBy } from './registration-choice.ts'

const WAYS: readonly OpenedBy[] = ['people', 'chosen-mailboxes', 'all-mailboxes']

interface OpenedByChoiceProps {
  value: OpenedBy
  /** Personal Microsoft accounts support only users. */
  onlyPeople: boolean
  onChange: (value: OpenedBy) => void
}

/** Access to the mailboxes, ordered from the least permissions to the most. */
export function OpenedByChoice({ value, onlyPeople, onChange }: OpenedByChoiceProps) {
  const { openedBy, opens, onlyPeopleHere } = words.setup.register
  return (
    <Radio.Group label={openedBy} value={value} onChange={(next) => onChange(next)}>
      <Stack gap="xs" mt="xs">
        {WAYS.map((way) => {
          const absent = onlyPeople && way !== 'people'
          return (
            <Radio
              key={way}
              value={way}
              label={opens[way].name}
              description={absent ? onlyPeopleHere : opens[way].when}
              disabled={absent}
            />
          )
        })}
      </Stack>
    </Radio.Group>
  )
}
