import { productHarness } from '../../../../test/doubles/product-targets.ts'
import { targetConformance } from '../../kit/target-conformance.ts'

/** The connector against the twin, which was written from the same documents by somebody else. */

targetConformance('jira-dc', () =>
  productHarness('jira-dc', ({ person }) => [
    {
      kind: 'account.update',
      accountId: person('wilma.stone'),
      after: { displayName: 'Wilma Rock', userName: 'wilma.rock' },
    },
    { kind: 'account.delete', accountId: person('peter.lawson') },
    { kind: 'custom.update', accountId: person('ruby.hughes'), after: { a1: 'room 7', a2: ['x', 'y'] } },
    {
      kind: 'lead.handover',
      accountId: person('margit.lindqvist'),
      lead: {
        kind: 'project',
        id: 'NEWS',
        name: 'Newsroom (NEWS)',
        project: 'NEWS',
        to: { id: person('aoife.obrien'), label: 'Aoife' },
      },
    },
  ]),
)
