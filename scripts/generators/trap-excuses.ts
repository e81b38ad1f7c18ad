/** Why a trap of Atlassian's interfaces cannot be met at a target, for those that have no test of their own. */
export interface TrapExcuse {
  readonly traps: readonly number[]
  readonly targets: readonly string[]
  /** The rest of a sentence that begins with the targets. */
  readonly because: string
}

const guard = 'atlassian-scim'
const [bitbucketCloud, confluenceCloud, jiraCloud] = ['bitbucket-cloud', 'confluence-cloud', 'jira-cloud']
const [bitbucketDc, confluenceDc, crowd, jiraDc] = ['bitbucket-dc', 'confluence-dc', 'crowd', 'jira-dc']
const dataCenter = [bitbucketDc, confluenceDc, crowd, jiraDc]
const cloud = [bitbucketCloud, confluenceCloud, jiraCloud]
const others = [guard, ...dataCenter]

const excuse = (traps: readonly number[], targets: readonly string[], because: string): TrapExcuse => ({
  traps,
  targets,
  because,
})

const sameCode = 'the organization is read and written by the code that `jira-cloud` is tried on'

export const trapExcuses: readonly TrapExcuse[] = [
  excuse([1], [bitbucketCloud], sameCode),
  excuse([2], others, 'the 409 is one of the organization'),
  excuse([3], [bitbucketCloud, confluenceCloud], 'everybody is an account id in that code, as at `jira-cloud`'),
  excuse([3], [guard, bitbucketDc, confluenceDc, crowd], 'nothing is asked of Cloud by a user name'),
  excuse([4, 6], [bitbucketCloud, confluenceCloud], sameCode),
  excuse([4], [guard, bitbucketDc, crowd, jiraDc], 'addresses are told to whoever administers'),
  excuse([4], [confluenceDc], 'it tells no addresses at all; people are found by their user name'),
  excuse([6], others, 'the list is one of Jira Cloud'),
  excuse([7], [bitbucketCloud], sameCode),
  excuse([7], [bitbucketDc, confluenceDc, crowd], 'members are told whether they are active or not'),
  excuse([8], dataCenter, 'an account is made without a mail unless `users.notify` asks for one'),
  excuse(
    [9],
    [bitbucketCloud, confluenceCloud],
    'accounts are made by the organization, never by `POST /user` of Jira',
  ),
  excuse([9, 11, 12, 13], others, 'accounts are made and switched on, not invited and suspended'),
  excuse([10], others, 'a new account is put into no group that was not asked for'),
  excuse([11], [bitbucketCloud, confluenceCloud], 'accounts are made with the organization key, never with the token'),
  excuse([12], [bitbucketCloud], sameCode),
  excuse([13, 14], [bitbucketCloud, confluenceCloud], sameCode),
  excuse([14], others, 'there is no removal beside deletion, which is final and never done for a deactivation'),
  excuse([15], [guard], 'its groups are those that the identity provider keeps'),
  excuse([15], dataCenter, 'what cannot be written there is trap 23'),
  excuse([16], [guard], 'nothing of it administers; the doctor warns of groups with names like those that do'),
  excuse([17, 18, 19, 20], [bitbucketCloud, confluenceCloud], sameCode),
  excuse([17], dataCenter, 'a directory has one group of a name'),
  excuse([18], dataCenter, 'a group is its name there; what the source renames stays with the group it is linked to'),
  excuse([19, 20], others, 'of the organization only'),
  excuse([21], others, 'its credentials have no scopes'),
  excuse(
    [22],
    [bitbucketCloud],
    'nobody is answered by the organization without a key, and Bitbucket itself is only looked at',
  ),
  excuse([22], [guard, bitbucketDc, crowd], 'nobody is answered without a credential'),
  excuse([23], [guard, ...cloud], 'of Data Center only'),
  excuse([24], [guard, ...cloud], 'user names are of Data Center only'),
  excuse([24], [bitbucketDc, confluenceDc], 'the account of the first directory is answered, and no other is told'),
  excuse([25, 26, 27], [guard, ...cloud, bitbucketDc, confluenceDc, jiraDc], 'of Crowd only'),
  excuse([28], [bitbucketCloud], sameCode),
  excuse([29], [guard, ...cloud], 'Cloud has none; Muster makes them flat before it plans'),
  excuse([29], [bitbucketDc, confluenceDc], 'direct members are read'),
  excuse([30, 31, 32], [guard, ...cloud, bitbucketDc, confluenceDc, crowd], 'of Jira Data Center only'),
  excuse([33], [bitbucketCloud, confluenceCloud], sameCode),
  excuse([33], [guard, crowd], 'it has no such check'),
  excuse([34, 35, 36, 37, 38], [bitbucketCloud, confluenceCloud], sameCode),
  excuse([34], [guard], 'its accounts are those that the identity provider keeps'),
  excuse([34], dataCenter, 'accounts that cannot be written there are trap 23'),
  excuse([35], others, 'no change of letter case alone is ever planned'),
  excuse([36], others, 'of the organization only'),
  excuse([37], [guard, bitbucketDc, crowd, jiraDc], 'what was written is read again, as everywhere, until it shows'),
  excuse(
    [38],
    others,
    'lists are read to their end before anything is written, and their pages overlap or are counted',
  ),
  excuse([39], [guard, confluenceCloud, jiraCloud, confluenceDc, crowd, jiraDc], 'of Bitbucket only'),
  excuse([40], [guard], 'its doctor tells which groups give no access to a product'),
  excuse([40], dataCenter, 'products are given by their own groups, which rules under `access` name'),
  excuse(
    [42],
    [guard, bitbucketCloud, confluenceCloud, bitbucketDc, confluenceDc, crowd],
    'requests are written by hand, and every one of a test is held against the documents, whose known faults are listed (`test/support/openapi-defects.ts`)',
  ),
]
