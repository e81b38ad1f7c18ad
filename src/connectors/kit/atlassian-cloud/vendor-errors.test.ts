import { describe, expect, it } from 'vitest'
import { isAboutLicence, vendorError, vendorWords } from './vendor-errors.ts'

const answer = (status: number, json: unknown, text = JSON.stringify(json) ?? '') => ({
  status,
  json,
  text,
  headers: new Headers(),
  afterDoubt: false,
})

describe('the words of a refusal', () => {
  it.each([
    ['Jira', { errorMessages: ['No such group.'], errors: { name: 'in use' } }, 'No such group. name: in use', []],
    ['Jira, field only', { errors: { emailAddress: 'invalid' } }, 'emailAddress: invalid', []],
    ['gateway', { code: 401, message: 'Unauthorized' }, 'Unauthorized', ['401']],
    [
      'application',
      {
        errors: [{ id: 'x', status: '409', code: 'ADMIN-409-3', title: 'License limit exceeded', detail: 'Buy more.' }],
      },
      'License limit exceeded: Buy more.',
      ['ADMIN-409-3'],
    ],
    ['one application error', { code: 'ADMIN-400-4', title: 'Invalid resource' }, 'Invalid resource', ['ADMIN-400-4']],
    [
      'domains',
      { timestamp: 'now', status: 403, error: 'Forbidden', message: 'no rights', path: '/x', requestId: 'r' },
      'Forbidden no rights',
      [],
    ],
    [
      'key',
      { key: 'forbidden.targetUnverified' },
      'the account is not managed by this organization',
      ['forbidden.targetUnverified'],
    ],
    ['key nobody documented', { key: 'surprise' }, 'surprise', ['surprise']],
    [
      'reserved account',
      { key: 'forbidden.action', context: { allowed: false, reason: { key: 'externalDirectory.scim' } } },
      'an identity provider keeps this account in sync',
      ['forbidden.action'],
    ],
    [
      'reserved fields',
      {
        key: 'forbidden.fieldMutation',
        context: {
          name: { allowed: false, reason: { key: 'authPolicy.saml' } },
          nickname: { allowed: true },
          'extended_profile.department': { allowed: false, reason: { key: 'new.reason' } },
        },
      },
      'name: single sign-on sets this at every sign-in; extended_profile.department: new.reason',
      ['forbidden.fieldMutation'],
    ],
    [
      'domain',
      { key: 'forbidden.unclaimedDomain', context: { domain: 'else.test' } },
      'the organization has not verified the domain else.test',
      ['forbidden.unclaimedDomain'],
    ],
    [
      'constraints',
      {
        key: 'fieldConstraintsViolated',
        context: { fieldViolations: [{ field: 'nickname', violations: [{ key: 'maxLength' }, { key: 'pattern' }] }] },
      },
      'nickname: maxLength, pattern',
      ['fieldConstraintsViolated'],
    ],
    [
      'lifecycle',
      {
        key: 'conflict.lifecycleErrors',
        context: { accountId: 'a', message: 'Not eligible', errorCodes: [{ code: 'X1', message: 'Owns a site' }] },
      },
      'Not eligible; Owns a site',
      ['conflict.lifecycleErrors', 'X1'],
    ],
    ['nothing', undefined, '', []],
    ['unknown JSON', { surprise: { deep: true } }, '', []],
  ])('are found in the shape: %s', (_, json, text, codes) => {
    expect(vendorWords(answer(400, json, ''))).toEqual({ status: 400, text, codes })
  })

  it('are found in plain text and HTML, without markup and never longer than a line', () => {
    expect(vendorWords(answer(401, undefined, 'Client must be authenticated')).text).toBe(
      'Client must be authenticated',
    )
    expect(vendorWords(answer(503, undefined, '<html><style>p{}</style><h1>Down</h1>for now</html>')).text).toBe(
      'Down for now',
    )
    expect(vendorWords(answer(500, undefined, 'x'.repeat(5000))).text).toHaveLength(300)
  })
})

describe('a refusal', () => {
  it.each([
    [400, {}, 'rejected'],
    [401, { code: 401, message: 'Unauthorized' }, 'auth-failed'],
    [402, {}, 'quota-exhausted'],
    [403, {}, 'forbidden'],
    [404, {}, 'gone'],
    [405, {}, 'rejected'],
    [409, {}, 'conflict'],
    [415, {}, 'rejected'],
    [409, { errors: [{ code: 'ADMIN-409-3' }] }, 'quota-exhausted'],
    [400, { errors: [{ code: 'ADMIN-400-32' }] }, 'quota-exhausted'],
    [400, { errorMessages: ['The number of licensed users is exceeded.'] }, 'quota-exhausted'],
  ])('with status %i and body %j is %s', (status, body, code) => {
    expect(vendorError(answer(status, body), 'Doing it', 'API token').code).toBe(code)
  })

  it("keeps the vendor's words as cause and shows them as a sentence, not as JSON", () => {
    const error = vendorError(answer(404, { errorMessages: ['Group not found.'] }), 'Adding to the group', 'API token')
    expect(error.message).toBe('Adding to the group was refused: “Group not found.” (HTTP 404).')
    expect((error.cause as Error).message).toContain('Group not found.')
  })

  it('about seats is told from others by code, status and words', () => {
    expect(isAboutLicence({ status: 409, codes: [], text: 'The user is already in the group' })).toBe(false)
    expect(isAboutLicence({ status: 409, codes: [], text: "You've exceeded your user limit for an app" })).toBe(true)
  })

  it('reads the shape of Bitbucket, and says what its token needs', () => {
    const json = { type: 'error', error: { message: 'Access denied', detail: 'Your credentials lack a scope.' } }
    const answer = { status: 403, json, text: '', afterDoubt: false, headers: new Headers() }
    expect(vendorWords(answer).text).toBe('Access denied Your credentials lack a scope.')
    const { code, hint } = vendorError(answer, 'Reading the members', 'Bitbucket API token')
    expect(code).toBe('forbidden')
    expect(hint).toContain('read:workspace:bitbucket')
  })
})
