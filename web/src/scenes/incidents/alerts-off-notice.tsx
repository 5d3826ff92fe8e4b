import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getAlertSettingsOptions } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Warning } from '../../components/warning.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'

const text = words.incidents

/** Warning that no one else is notified. */
export function AlertsOffNotice() {
  const enabled = useMe().role === 'admin'
  const warnings = useQuery({ ...getAlertSettingsOptions(), enabled }).data?.warnings ?? []
  const [first] = warnings
  if (!first) return undefined
  return (
    <Warning title={first.code === 'alerts.relay_missing' ? text.alertsOff : text.alertsUncertain}>
      <Text size="sm" mb="xs">
        {first.title}. {first.fix}
      </Text>
      <ToAlertSettings />
    </Warning>
  )
}

export function ToAlertSettings() {
  if (useMe().role !== 'admin') return undefined
  return (
    <ButtonLink to="/settings" hash="alerts" size="xs" variant="default">
      {text.toSettings}
    </ButtonLink>
  )
}
