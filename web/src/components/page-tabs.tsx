import { Tabs } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export interface PageTab<Name extends string> {
  name: Name
  label: string
  content: ReactNode
}

interface PageTabsProps<Name extends string> {
  /** The first one is shown at the address of the page itself. */
  tabs: readonly PageTab<Name>[]
  shown: Name | undefined
}

/** Parts of a page, one at a time. The address names the part, so that it can be linked and the Back button works. */
export function PageTabs<Name extends string>({ tabs, shown }: PageTabsProps<Name>) {
  const navigate = useNavigate()
  const first = tabs[0]!.name
  const current = tabs.find(({ name }) => name === shown)?.name ?? first
  const show = (name: string | null) =>
    void navigate({ to: '.', search: (now: object) => ({ ...now, tab: name === first ? undefined : name }) } as never)
  return (
    <Tabs value={current} onChange={show} keepMounted={false} activateTabWithKeyboard={false}>
      <Tabs.List mb="md">
        {tabs.map(({ name, label }) => (
          <Tabs.Tab key={name} value={name}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
