import { type ErrorCode, errorCodes, type Radius } from '../../src/domain/errors.ts'
import type { Generator } from './generator.ts'
import { generatedFrom, table } from './markdown.ts'

const radiusText: Readonly<Record<Radius, string>> = {
  installation: 'everything, until it is mended',
  run: 'the run',
  connection: 'the runs of this connection',
  plan: 'the plan, or the held part of it',
  kind: 'changes of one kind; others go on',
  object: 'one person, account or group; others go on',
  request: 'this request or command',
}

const exitText: Readonly<Record<number, string>> = {
  0: 'done, nothing left to do',
  1: 'done, but some changes failed, are unproven or blocked',
  2: 'the configuration or the command is wrong',
  3: 'a credential or a right is missing',
  4: 'the other side cannot be reached, or did not tell everything',
  5: 'held, stale or taken: a person is needed',
  6: 'our own store has a problem',
  10: '`muster plan --detailed-exit-code`: there are changes',
  70: 'a defect of ours',
  130: 'somebody stopped it',
}

export const errorsPage: Generator = {
  file: 'docs/errors.md',
  make: () => {
    const codes = Object.keys(errorCodes) as ErrorCode[]
    const rows = codes.map((code) => {
      const { radius, retry, http, exit, meaning } = errorCodes[code]
      return [`\`${code}\``, meaning, radiusText[radius], retry ? 'yes' : 'no', String(exit), String(http)]
    })
    const undescribed = codes.map((code) => errorCodes[code].exit).filter((exit) => exitText[exit] === undefined)
    if (undescribed.length > 0) throw new Error(`no text for exit code ${undescribed.join(', ')}`)
    return [
      '# Errors',
      '',
      generatedFrom('src/domain/errors.ts'),
      '',
      'Every failure has one of these codes: in messages, in the report of a run, in the API and in the log. A code says how',
      'much stops because of it, whether trying again can help, and how a command or request ends.',
      '',
      '## Codes',
      '',
      table(['code', 'what it means and who acts', 'what stops', 'tried again by itself', 'exit', 'HTTP'], rows),
      '',
      '## Exit codes of commands',
      '',
      table(
        ['exit', 'meaning', 'codes'],
        Object.entries(exitText).map(([exit, text]) => [
          exit,
          text,
          codes
            .filter((code) => errorCodes[code].exit === Number(exit))
            .map((code) => `\`${code}\``)
            .join(' '),
        ]),
      ),
      '',
    ].join('\n')
  },
}
