import { Page } from '../../components/page.tsx'

export function People() {
  return <Page title="People">…</Page>
}
