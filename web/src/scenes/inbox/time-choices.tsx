import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { clock } from '../../clock.ts'
import { upcomingTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { fromLocalInput, snoozeTimes, toLocalInput } from './snooze-times.ts'

interface TimeChoicesProps {
  /** Label of the button for the chosen date and time. */
  act: string
  busy: boolean
  /** Gets an ISO time. */
  onChoose: (at: string) => void
}

/** Later today, tomorrow, next week, or a date and time in the time zone of the browser, which is shown. */
export function TimeChoices({ act, busy, onChoose }: TimeChoicesProps) {
  const [now] = useState(() => clock.now())
  const times = snoozeTimes(now)
  const [value, setValue] = useState(() => toLocalInput(times.at(-1)!.at))
  const { snooze } = words.inbox
  const chosen = fromLocalInput(value, now)
  return (
    <Stack gap="xs" pt={4}>
      {times.map(({ choice, at }, index) => (
        <Button
          key={choice}
          variant="default"
          justify="space-between"
          data-autofocus={index === 0 || undefined}
          rightSection={
            <Text span size="sm" c="dimmed">
              {upcomingTime(at, now)}
            </Text>
          }
          disabled={busy}
          onClick={() => onChoose(at.toISOString())}
        >
          {snooze[choice]}
        </Button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen) onChoose(chosen.toISOString())
        }}
      >
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <TextInput
            type="datetime-local"
            label={snooze.dateAndTime}
            description={Intl.DateTimeFormat().resolvedOptions().timeZone}
            value={value}
            min={toLocalInput(now)}
            error={chosen ? undefined : snooze.timeNeeded}
            onChange={({ currentTarget }) => setValue(currentTarget.value)}
            flex={1}
          />
          <Button type="submit" disabled={!chosen || busy}>
            {act}
          </Button>
        </Group>
      </form>
    </Stack>
  )
}
