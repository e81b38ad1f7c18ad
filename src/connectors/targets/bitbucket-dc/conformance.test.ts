import { productHarness } from '../../../../test/doubles/product-targets.ts'
import { targetConformance } from '../../kit/target-conformance.ts'

/** The connector against the twin, which was written from the same documents by somebody else. */

targetConformance('bitbucket-dc', () =>
  productHarness('bitbucket-dc', ({ person }) => [
    {
      kind: 'account.update',
      accountId: person('wilma.stone'),
      after: { displayName: 'Wilma Rock', userName: 'wilma.rock' },
    },
    { kind: 'account.delete', accountId: person('peter.lawson') },
  ]),
)
