import { Page } from '../../components/page.tsx'
import { words } from '../../words/index.ts'
import { CannedResponses } from './canned-responses.tsx'
import { SignatureSection } from './signature-section.tsx'

/** Prepared texts of the signed-in person, and those shared with the team. */
export function WritingPage() {
  return (
    <Page title={words.writing.title}>
      <SignatureSection />
      <CannedResponses />
    </Page>
  )
}
