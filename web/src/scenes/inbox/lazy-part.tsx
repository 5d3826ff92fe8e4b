import { useQuery } from '@tanstack/react-query'
import { useEffect, type ComponentType, type ReactNode } from 'react'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { lazyForm } from './lazy-form.ts'
import { showFailure } from './use-status.ts'

/**
 * A part of the inbox whose code is loaded on its own. A failure is shown in its place, and the inbox stays.
 *
 * @param frame  surrounds the problem; called without one while the code is loaded
 */
export function lazyPart<Props extends object>(
  name: string,
  load: () => Promise<{ Part: ComponentType<Props> }>,
  frame: (problem?: ReactNode) => ReactNode = (problem) => problem,
) {
  const code = lazyForm(name, load)
  function LazyPart(props: Props): ReactNode {
    const { data, error } = useQuery(code)
    if (data) return <data.Part {...props} />
    return frame(error ? <LoadProblem error={error} /> : undefined)
  }
  return Object.assign(LazyPart, { code })
}

/** Chromium remembers a failed import until the page is loaded again, and a new version has another file. */
export function LoadProblem({ error }: { error: unknown }) {
  return <ProblemNotice error={error} onRetry={() => location.reload()} />
}

/** Code of a dialog, which has no place for a problem: a failure is announced, and the dialog closes. */
export function useDialogCode<Code>(
  code: ReturnType<typeof lazyForm<Code>>,
  { opened, onClose, enabled = true }: { opened: boolean; onClose: () => void; enabled?: boolean },
): Code | undefined {
  const { data, error } = useQuery({ ...code, enabled })
  const failure = opened ? error : null
  useEffect(() => {
    if (failure === null) return
    showFailure(failure)
    onClose()
    // Once per failure: the function is another one at each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [failure])
  return data
}
