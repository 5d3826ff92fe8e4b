import { useCallback, useEffect, useState } from 'react'
import type { DoctorLine, DoctorReport } from '../../api/client.ts'
import { toProblem, type Problem } from '../../api/problem.ts'
import { examine } from './examination.ts'

export interface Examination {
  /** Known lines, in the order of the report. */
  lines: readonly DoctorLine[]
  /** Present when all lines are known. */
  report: DoctorReport | undefined
  problem: Problem | undefined
  isRunning: boolean
}

const BEGINNING: Examination = { lines: [], report: undefined, problem: undefined, isRunning: true }

/** Runs once when the page opens, and again on request. Leaving the page cancels it. */
export function useExamination(account: string | undefined) {
  const [examination, setExamination] = useState(BEGINNING)
  const [request, setRequest] = useState({ sendTest: false })

  useEffect(() => {
    const leaving = new AbortController()
    const change = (next: (before: Examination) => Examination) => {
      if (!leaving.signal.aborted) setExamination(next)
    }
    change(() => BEGINNING)
    examine(
      account,
      request.sendTest,
      {
        onLine: (line) => change((before) => ({ ...before, lines: inPlace([...before.lines, line]) })),
        onReport: (report) => change((before) => ({ ...before, report, lines: report.lines, isRunning: false })),
        onProblem: (problem) => change((before) => ({ ...before, problem, isRunning: false })),
      },
      leaving.signal,
    ).catch((thrown: unknown) => change((before) => ({ ...before, problem: toProblem(thrown), isRunning: false })))
    return () => leaving.abort()
  }, [account, request])

  const run = useCallback((sendTest: boolean) => setRequest({ sendTest }), [])
  return { ...examination, run }
}

function inPlace(lines: readonly DoctorLine[]): DoctorLine[] {
  return lines.toSorted((one, other) => one.place - other.place)
}
