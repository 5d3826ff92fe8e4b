import { Page } from '../../components/page.tsx'
import { words } from '../../words/index.ts'
import { FactorsSections } from './factors-sections.tsx'

/** Sign-in factors of the signed-in person, beside the password. */
export function FactorsPage() {
  return (
    <Page title={words.factors.title}>
      <FactorsSections />
    </Page>
  )
}
