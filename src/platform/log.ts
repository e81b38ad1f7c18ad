import { type DestinationStream, type LoggerOptions, pino } from 'pino'
import { type Clock, isoTime, systemClock } from './clock.ts'
import { redactFields, redactText } from './redact.ts'

export type LogFields = Readonly<Record<string, unknown>>

/** A constant message plus fields: the message names the event, the fields say which. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log with fields that stand on every line. */
  with(fields: LogFields): Log
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogOptions {
  /** @default 'info' */
  readonly level?: LogLevel
  /** Where lines go; absent = standard output. */
  readonly destination?: DestinationStream
  readonly clock?: Clock
}

/** One JSON object per line. Nothing reaches the destination without redaction. */
export function createLog({ level = 'info', destination, clock = systemClock }: LogOptions = {}): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    formatters: { level: (label) => ({ level: label }) },
    timestamp: () => `,"time":"${isoTime(clock.now())}"`,
  }
  const logger = destination === undefined ? pino(options) : pino(options, destination)

  const bound = (standing: LogFields): Log => {
    const write = (at: Exclude<LogLevel, 'silent'>) => (message: string, fields?: LogFields) => {
      if (!logger.isLevelEnabled(at)) return
      logger[at](redactFields({ ...standing, ...fields }) as object, redactText(message))
    }
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      with: (fields) => bound({ ...standing, ...fields }),
    }
  }
  return bound({})
}
