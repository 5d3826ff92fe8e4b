import { defineFault } from '../fault.ts'

export const claimsChallenge = defineFault({
  name: 'claims-challenge',
  title: 'Claims challenge',
  part: 'graph',
  what: 'A policy changed, and Graph wants a token made after that (CAE): 401 with claims, which the client sends to the token endpoint. Shows to clients that understand it alone.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['any call to Graph (401 insufficient_claims)'],
  evidence: '§B.6 [D]',
  sparesNewer: true,
  effects: {
    'graph.token': (_values, { since }) => ({ code: 'LocationConditionEvaluationSatisfied', notBefore: since }),
  },
})
