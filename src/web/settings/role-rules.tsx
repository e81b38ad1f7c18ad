import { Button, Checkbox, Input, TextInput } from '@mantine/core'
import { roles as allRoles, type Role } from '../../contract/route.ts'
import type { Field } from '../ends/field-value.ts'
import { t } from '../words/t.ts'

/** Which roles a group of the identity provider gives, everywhere or on some connections. */
export interface RoleRule {
  readonly group: string
  readonly roles: readonly Role[]
  readonly connections?: readonly string[]
}

export interface RoleRulesProps {
  readonly field: Field
  readonly rules: readonly RoleRule[]
  readonly change: (rules: readonly RoleRule[]) => void
}

/** The rules of single sign-on, one below the other; all that fit a person count. */
export function RoleRules({ field: { label, help }, rules, change }: RoleRulesProps) {
  const put = (at: number, rule: RoleRule) => change(rules.map((each, index) => (index === at ? rule : each)))
  return (
    <Input.Wrapper label={label} description={help} required labelElement="div">
      <div className="stack" style={{ paddingTop: 8 }}>
        {rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name of their own and are only edited in place
          <div key={index} className="card stack-tight">
            <div className="row form-row">
              <TextInput
                className="grow"
                label={t('signOn.group')}
                description={t('signOn.groupHelp')}
                required
                value={rule.group}
                onChange={(event) => put(index, { ...rule, group: event.currentTarget.value })}
              />
              <TextInput
                className="grow"
                label={t('signOn.connections')}
                description={t('signOn.connectionsHelp')}
                value={rule.connections?.join(', ') ?? ''}
                onChange={(event) => put(index, withConnections(rule, event.currentTarget.value))}
              />
            </div>
            <Checkbox.Group
              label={t('signOn.gives')}
              value={[...rule.roles]}
              onChange={(chosen) => put(index, { ...rule, roles: allRoles.filter((each) => chosen.includes(each)) })}
            >
              <div className="row" style={{ paddingTop: 4 }}>
                {allRoles.map((each) => (
                  <Checkbox key={each} value={each} label={each} />
                ))}
                <span className="grow" />
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`${t('action.delete')}: ${rule.group}`}
                  onClick={() => change(rules.filter((_, at) => at !== index))}
                >
                  {t('action.delete')}
                </Button>
              </div>
            </Checkbox.Group>
          </div>
        ))}
        <div>
          <Button variant="default" size="xs" onClick={() => change([...rules, { group: '', roles: ['viewer'] }])}>
            {t('signOn.addRule')}
          </Button>
        </div>
      </div>
    </Input.Wrapper>
  )
}

/** While somebody types, a comma at the end stays where it is. */
function withConnections({ connections: _, ...rule }: RoleRule, text: string): RoleRule {
  return text === '' ? rule : { ...rule, connections: text.split(',').map((each) => each.trimStart()) }
}

/** The rules as they are saved: without blanks around keys, and without keys that are not there. */
export function tidyRules(rules: readonly RoleRule[]): readonly RoleRule[] {
  return rules.map(({ connections, ...rule }) => {
    const named = (connections ?? []).map((each) => each.trim()).filter((each) => each !== '')
    return named.length === 0 ? rule : { ...rule, connections: named }
  })
}
