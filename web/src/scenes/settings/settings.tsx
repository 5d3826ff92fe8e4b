import { Page } from '../../components/page.tsx'

export function Settings() {
  return <Page title="Settings">…</Page>
}
