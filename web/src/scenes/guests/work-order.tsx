import { Page } from '../../components/page.tsx'

export function GuestWorkOrder() {
  return <Page title="GuestWorkOrder">…</Page>
}
