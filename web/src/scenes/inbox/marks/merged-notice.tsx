import { Alert } from '@mantine/core'
import { ButtonLink } from '../../../components/button-link.tsx'
import { words } from '../../../words/index.ts'

/** Redirects an old link. */
export function MergedNotice({ into }: { into: string }) {
  const { merge } = words.marks
  return (
    <Alert color="gray" title={merge.merged}>
      <ButtonLink size="compact-sm" variant="default" to="/inbox/$conversationId" params={{ conversationId: into }}>
        {merge.toIt}
      </ButtonLink>
    </Alert>
  )
}
