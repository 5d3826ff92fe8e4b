import { Button, Menu, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { useState } from 'react'
import { clock } from '../../../clock.ts'
import { upcomingTime } from '../../../components/time-text.ts'
import { useCommand } from '../../../keyboard/actions.ts'
import { words } from '../../../words/index.ts'
import { snoozeTimes } from '../snooze-times.ts'

/** Usual ends of a snooze. */
export function SnoozeMenu({ isBusy, onSnooze }: { isBusy: boolean; onSnooze: (until: Date) => void }) {
  const [opened, setOpened] = useState(false)
  useCommand('snooze', isBusy ? undefined : () => setOpened(true), 'first')
  const now = clock.now()
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button size="compact-sm" variant="default" disabled={isBusy} leftSection={<IconClock size={14} aria-hidden />}>
          {words.bulk.snooze}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {snoozeTimes(now).map(({ choice, at }) => (
          <Menu.Item
            key={choice}
            rightSection={
              <Text span size="sm" c="dimmed">
                {upcomingTime(at, now)}
              </Text>
            }
            onClick={() => onSnooze(at)}
          >
            {words.inbox.snooze[choice]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
