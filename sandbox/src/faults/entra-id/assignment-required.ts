import { defineFault } from '../fault.ts'

export const assignmentRequired = defineFault({
  name: 'assignment-required',
  title: 'Assignment required',
  part: 'entra-id',
  what: 'The enterprise application requires user assignment, and the user is not assigned to it.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 50105 [?]',
  effects: {
    'entra.policy': (_values, { subject }) =>
      subject.grantType === undefined
        ? { code: 50105, onPage: true }
        : { code: 50105, instead: { error: 'invalid_grant' } },
  },
})
