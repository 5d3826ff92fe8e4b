import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Conversation } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { upcomingTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { fromLocalInput, snoozeTimes, toLocalInput } from './snooze-times.ts'
import { useSetStatus, type WantedStatus } from './use-status.ts'

interface SnoozeDialogProps {
  /** Conversation to snooze; closed when absent. */
  conversation: Conversation | undefined
  onClose: () => void
  /** Called after the dialog is gone and has returned the focus. */
  onGone: () => void
}

/** Possible ends of a snooze. */
export function SnoozeDialog({ conversation, onClose, onGone }: SnoozeDialogProps) {
  return (
    <Modal
      opened={conversation !== undefined}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.inbox.snooze.title}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {conversation && <Choices conversation={conversation} onDone={onClose} />}
    </Modal>
  )
}

function Choices({ conversation, onDone }: { conversation: Conversation; onDone: () => void }) {
  const [now] = useState(() => clock.now())
  const times = snoozeTimes(now)
  const [value, setValue] = useState(() => toLocalInput(times.at(-1)!.at))
  const setStatus = useSetStatus()
  const { snooze, reopen } = words.inbox
  const chosen = fromLocalInput(value, now)
  const choose = (wanted: WantedStatus) => setStatus.mutate({ conversation, wanted }, { onSuccess: onDone })
  const until = (at: Date) => choose({ snoozedUntil: at.toISOString() })
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
          disabled={setStatus.isPending}
          onClick={() => until(at)}
        >
          {snooze[choice]}
        </Button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen) until(chosen)
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
          <Button type="submit" disabled={!chosen || setStatus.isPending}>
            {snooze.act}
          </Button>
        </Group>
      </form>
      {conversation.status === 'snoozed' && (
        <Button variant="subtle" disabled={setStatus.isPending} onClick={() => choose('open')}>
          {reopen}
        </Button>
      )}
    </Stack>
  )
}
