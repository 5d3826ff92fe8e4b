import { Stack, Tabs, Text } from '@mantine/core'
import type { WorkOrder } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { PermissionTable } from './permission-table.tsx'
import { Script } from './script.tsx'
import { WorkOrderSteps } from './work-order-steps.tsx'

/** All instructions to register the application: by hand, by one of two scripts, or from a template. */
export function WorkOrderSheet({ order }: { order: WorkOrder }) {
  const text = words.setup.order
  const { scripts, manifest } = order
  return (
    <Section title={text.title}>
      <Tabs defaultValue="portal">
        <Tabs.List aria-label={text.tabsLabel}>
          <Tabs.Tab value="portal">{text.tabs.portal}</Tabs.Tab>
          {scripts && <Tabs.Tab value="azureCli">{text.tabs.azureCli}</Tabs.Tab>}
          {scripts && <Tabs.Tab value="powerShell">{text.tabs.powerShell}</Tabs.Tab>}
          <Tabs.Tab value="manifest">{text.tabs.manifest}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="portal" pt="sm">
          <WorkOrderSteps order={order} />
        </Tabs.Panel>
        {scripts && (
          <>
            <Tabs.Panel value="azureCli" pt="sm">
              <Script name={text.tabs.azureCli} sentence={text.azureCli} script={scripts.azureCli} />
            </Tabs.Panel>
            <Tabs.Panel value="powerShell" pt="sm">
              <Script name={text.tabs.powerShell} sentence={text.powerShell} script={scripts.graphPowerShell} />
            </Tabs.Panel>
          </>
        )}
        <Tabs.Panel value="manifest" pt="sm">
          <Script name={text.tabs.manifest} sentence={text.manifest} script={JSON.stringify(manifest, undefined, 2)} />
        </Tabs.Panel>
      </Tabs>
      {!scripts && (
        <Text size="sm" c="dimmed">
          {text.noScripts}
        </Text>
      )}
      <Stack gap={4}>
        <CopyValue name={text.redirectUri} value={order.redirectUri} />
        <Text size="sm" c="dimmed">
          {text.redirectHint}
        </Text>
      </Stack>
      <PermissionTable permissions={order.permissions} />
    </Section>
  )
}
