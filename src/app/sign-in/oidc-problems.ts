/** Why signing in by an identity provider failed, as a page may say it. Only the name travels in the address. */
export const oidcProblems = {
  'oidc-unreachable': {
    message: 'The identity provider cannot be reached, or does not answer as one.',
    hint: 'Try again in a minute. An administrator finds the reason in the audit log; sign in by name and password meanwhile.',
  },
  'oidc-refused': {
    message: 'The identity provider did not let you in.',
    hint: 'Ask whoever keeps it whether this application is assigned to you.',
  },
  'oidc-state': {
    message: 'This sign-in was not begun in this browser, was used already, or took longer than ten minutes.',
    hint: 'Begin again.',
  },
  'oidc-answer': {
    message: 'What the identity provider answered does not fit what was asked; nobody was signed in.',
    hint: 'Begin again. If it happens every time, an administrator compares auth.oidc with the provider; the audit log says more.',
  },
  'oidc-clock': {
    message: 'The clocks of the identity provider and of this server differ too much.',
    hint: 'An administrator sets both by a time server; auth.oidc.clockSkewSeconds says what is tolerated.',
  },
  'oidc-client': {
    message: 'The identity provider refused the identifier or the secret of this installation.',
    hint: 'An administrator corrects auth.oidc.clientId and clientSecret.',
  },
  'oidc-groups': {
    message: 'The identity provider sent no list of your groups, so that nothing says what you may do.',
    hint: 'An administrator lets it send the claim that auth.oidc.groupsClaim names (Entra ID leaves it out above 200 groups).',
  },
  'oidc-no-role': {
    message: 'None of your groups gives you a role here.',
    hint: 'An administrator adds you to one of the groups that give roles here.',
  },
  'oidc-disabled': {
    message: 'You were disabled here by an administrator.',
    hint: 'Ask an administrator of this installation.',
  },
} as const
export type OidcProblem = keyof typeof oidcProblems
