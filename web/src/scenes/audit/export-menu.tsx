import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { words } from '../../words/index.ts'

/** Downloads the entries that match the filters. */
export function ExportMenu({ query }: { query: Readonly<Record<string, string>> }) {
  const { audit } = words
  const parameters = new URLSearchParams(query).toString()
  const address = (format: string) => `/v1/audit.${format}${parameters === '' ? '' : `?${parameters}`}`
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {audit.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{parameters === '' ? audit.exportAll : audit.exportMatching}</Menu.Label>
        <Menu.Item component="a" href={address('csv')} download>
          {audit.asCsv}
        </Menu.Item>
        <Menu.Item component="a" href={address('json')} download>
          {audit.asJson}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
