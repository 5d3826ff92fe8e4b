import { describe, expect, it } from 'vitest'
import { chooseSteps, STAGES, STEPS } from './steps.ts'

describe('the selection of steps', () => {
  it('contains all steps by default', () => {
    expect(chooseSteps([]).steps).toEqual(STEPS)
  })

  it('contains only quick steps for the fast loop, which need only npm', () => {
    const { steps } = chooseSteps(['--fast'])

    expect(steps.map(({ name }) => name).sort()).toEqual([
      'format',
      'glossary',
      'lint',
      'openapi',
      'prose',
      'rooms',
      'tables',
      'types',
      'types-web',
      'unit',
    ])
    expect(steps.flatMap(({ needs }) => needs ?? [])).toEqual([])
  })

  it('runs the steps in the order of the stages', () => {
    const order = Object.keys(STAGES)
    const stages = STEPS.map(({ stage }) => order.indexOf(stage))

    expect(stages).toEqual([...stages].sort())
  })

  it('contains the named steps', () => {
    expect(chooseSteps(['unit', 'e2e']).steps.map(({ name }) => name)).toEqual(['unit', 'e2e'])
  })

  it('reports unknown names', () => {
    expect(chooseSteps(['unti'])).toEqual({ steps: [], unknown: ['unti'] })
  })
})
