import { Button, Group, NativeSelect, Switch, TextInput } from '@mantine/core'
import { notifications as toasts } from '@mantine/notifications'
import { useState } from 'react'
import { putNotificationsPreferencesMutation, type NotificationPreferences } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

const INTERVALS = ['off', 'quarter-hourly', 'hourly', 'daily'] as const
const BEGINNING = { from: '18:00', to: '08:00' }

/** Quiet hours and the digest, which are saved together. */
export function PersonalSettings({ preferences }: { preferences: NotificationPreferences }) {
  const { quiet, digest: digestText, save, saved } = words.notifications
  const [digest, setDigest] = useState(preferences.digest)
  const [isOn, setOn] = useState(preferences.quietHours !== undefined)
  const [hours, setHours] = useState(preferences.quietHours ?? BEGINNING)
  const [timeZone, setTimeZone] = useState(preferences.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone)
  const refresh = useRefresh('notifications')
  const change = useOnce({
    ...putNotificationsPreferencesMutation(),
    onSuccess: async () => {
      toasts.show({ message: saved })
      await refresh()
    },
  })
  return (
    <Section title={quiet.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate({ body: { timeZone, ...(isOn && { quietHours: hours }), digest } })
        }}
      >
        {change.error && <ProblemNotice error={change.error} />}
        <Switch
          label={quiet.on}
          description={quiet.hint}
          checked={isOn}
          onChange={({ currentTarget }) => setOn(currentTarget.checked)}
        />
        <Group gap="sm" align="flex-start" my="sm">
          {isOn && (
            <>
              <TextInput
                label={quiet.from}
                type="time"
                required
                value={hours.from}
                onChange={({ currentTarget }) => setHours({ ...hours, from: currentTarget.value })}
              />
              <TextInput
                label={quiet.to}
                type="time"
                required
                value={hours.to}
                onChange={({ currentTarget }) => setHours({ ...hours, to: currentTarget.value })}
              />
            </>
          )}
          <TextInput
            label={quiet.timeZone}
            required
            style={{ flex: '1 1 10rem' }}
            maw={320}
            value={timeZone}
            error={fieldFault(change.error, 'timeZone')}
            onChange={({ currentTarget }) => setTimeZone(currentTarget.value)}
          />
        </Group>
        <Group gap="sm" align="flex-start" mb="sm">
          <NativeSelect
            label={digestText.interval}
            description={digestText.hint}
            value={digest.interval}
            data={INTERVALS.map((value) => ({ value, label: digestText.intervals[value] }))}
            onChange={({ currentTarget }) => {
              const interval = INTERVALS.find((each) => each === currentTarget.value) ?? 'off'
              const emailAccountId = digest.emailAccountId ?? preferences.emailAccounts[0]?.emailAccountId
              setDigest(
                interval === 'off' || emailAccountId === undefined ? { interval } : { interval, emailAccountId },
              )
            }}
          />
          {digest.interval !== 'off' && (
            <NativeSelect
              label={digestText.from}
              description={digestText.fromHint}
              value={digest.emailAccountId}
              data={preferences.emailAccounts.map(({ emailAccountId, name }) => ({
                value: emailAccountId,
                label: name,
              }))}
              onChange={({ currentTarget }) => setDigest({ ...digest, emailAccountId: currentTarget.value })}
            />
          )}
        </Group>
        <Button type="submit" loading={change.isPending}>
          {save}
        </Button>
      </form>
    </Section>
  )
}
