import { Page } from '../../components/page.tsx'

export function SetUp() {
  return <Page title="SetUp">…</Page>
}
