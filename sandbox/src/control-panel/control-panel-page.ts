import { page, type Page, type PageOptions } from '../kernel/page.ts'

/** A page of the control panel; title and content are parameters, the frame is fixed. */
export type ControlPanelLayout = (content: Pick<PageOptions, 'title' | 'body' | 'script'>) => Page

export const SITE_TITLE = 'Sandbox'
const NAVIGATION = [
  { href: '/', label: 'Control panel' },
  { href: '/authenticator', label: 'Authenticator' },
  { href: '/outside', label: 'External mail' },
  { href: '/clock', label: 'Clock' },
  { href: '/faults', label: 'Faults' },
]

/** Layout of the pages in one section of the navigation. */
export function layoutFor(section: string): ControlPanelLayout {
  const navigation = NAVIGATION.map((link) => ({ ...link, current: link.href === section }))
  return (content) => page({ ...content, site: SITE_TITLE, navigation })
}
