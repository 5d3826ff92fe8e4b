import { defineFault } from '../fault.ts'

export const claimsChallenge = defineFault({
  name: 'claims-challenge',
  title: 'Claims challenge',
  part: 'graph',
  what: 'A policy changed, and Graph requires a newer access token (CAE). Graph responds with 401 and claims, which the client sends to the token endpoint. The fault affects only clients that support claims challenges.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['any call to Graph (401 insufficient_claims)'],
  evidence: '§B.6 [D]',
  sparesNewer: true,
  effects: {
    'graph.token': (_values, { since }) => ({ code: 'LocationConditionEvaluationSatisfied', notBefore: since }),
  },
})
