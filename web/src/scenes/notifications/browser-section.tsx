import { Alert, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { canNotify } from './browser-notifications.ts'
import { playTone } from './tone.ts'
import { useBrowserSettings } from './use-browser-settings.ts'

/** Notifications and sound of this browser. Switching them on asks for the permission. */
export function BrowserSection() {
  const text = words.notifications.browser
  const { isShown, setShown, isHeard, setHeard } = useBrowserSettings()
  const [permission, setPermission] = useState(() => (canNotify() ? Notification.permission : 'denied'))
  const change = async (isOn: boolean) => {
    if (!isOn) {
      setShown(false)
      return
    }
    const answer = await Notification.requestPermission()
    setPermission(answer)
    setShown(answer === 'granted')
  }
  return (
    <Section title={text.title}>
      <Text size="sm" c="dimmed">
        {canNotify() ? text.hint : text.unavailable}
      </Text>
      <Switch
        label={text.show}
        disabled={!canNotify()}
        checked={isShown && permission === 'granted'}
        onChange={({ currentTarget }) => void change(currentTarget.checked)}
      />
      {canNotify() && permission === 'denied' && <Alert color="yellow">{text.denied}</Alert>}
      <Switch
        label={text.sound}
        disabled={!canNotify()}
        checked={isHeard}
        onChange={({ currentTarget: { checked } }) => {
          setHeard(checked)
          if (checked) playTone()
        }}
      />
    </Section>
  )
}
