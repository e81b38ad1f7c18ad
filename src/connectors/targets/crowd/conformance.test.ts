import { productHarness } from '../../../../test/doubles/product-targets.ts'
import { targetConformance } from '../../kit/target-conformance.ts'

/** The connector against the twin, which was written from the same documents by somebody else. */

targetConformance('crowd', () =>
  productHarness('crowd', ({ person }) => [
    {
      kind: 'account.update',
      accountId: person('wilma.stone'),
      after: { displayName: 'Wilma Rock', userName: 'wilma.rock', familyName: 'Rock' },
    },
    { kind: 'account.delete', accountId: person('peter.lawson') },
    { kind: 'custom.update', accountId: person('ruby.hughes'), after: { a1: 'room 7', a2: ['x', 'y'] } },
  ]),
)
