import * as names from '../../contract/function-variables.ts';
import { Refusal } from './refusal.ts';

/** Where the gate looks. */
export type GateSettings = {
  readonly stateTable: string;
  readonly canaryFunction: string;
  readonly secretParameter: string;
  readonly keySetParameter: string;
  readonly revisionBucket: string;
  /** How many revisions are remembered. */
  readonly keepRevisions: number;
  /** Names this deployment in commands for people. */
  readonly environment: string;
  readonly contractVersion: string;
};

const VARIABLES = {
  stateTable: names.DEPLOY_GATE_STATE_TABLE,
  canaryFunction: names.DEPLOY_GATE_CANARY_FUNCTION,
  secretParameter: names.DEPLOY_GATE_SECRET_PARAMETER,
  keySetParameter: names.DEPLOY_GATE_KEY_SET_PARAMETER,
  revisionBucket: names.DEPLOY_GATE_REVISION_BUCKET,
  keepRevisions: names.DEPLOY_GATE_KEEP_REVISIONS,
  environment: names.DEPLOY_GATE_ENVIRONMENT,
  contractVersion: names.DEPLOY_GATE_CONTRACT_VERSION,
} satisfies Record<keyof GateSettings, string>;

const REMEDY = 'Deploy the Trust stack again, which sets them.';

function keepOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Refusal('settings-invalid', `${VARIABLES.keepRevisions} of the deploy gate is no whole number. ${REMEDY}`);
}

/**
 * Reads the settings of the gate from its environment (see `environment.ts`).
 *
 * @throws Refusal `settings-invalid` naming every variable that is missing, or the one that is no number
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): GateSettings {
  const missing = Object.values(VARIABLES).filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Refusal('settings-invalid', `The deploy gate lacks ${missing.join(', ')}. ${REMEDY}`);
  }
  const value = (name: string) => environment[name] ?? '';
  return {
    stateTable: value(VARIABLES.stateTable),
    canaryFunction: value(VARIABLES.canaryFunction),
    secretParameter: value(VARIABLES.secretParameter),
    keySetParameter: value(VARIABLES.keySetParameter),
    revisionBucket: value(VARIABLES.revisionBucket),
    keepRevisions: keepOf(value(VARIABLES.keepRevisions)),
    environment: value(VARIABLES.environment),
    contractVersion: value(VARIABLES.contractVersion),
  };
}
