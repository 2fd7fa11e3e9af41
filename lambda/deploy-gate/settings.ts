import * as names from './environment.ts';
import { Refusal } from './refusal.ts';

/** Where the gate looks. */
export type GateSettings = {
  readonly stateTable: string;
  readonly canaryFunction: string;
  readonly secretParameter: string;
  readonly keySetParameter: string;
  readonly contractVersion: string;
};

const VARIABLES = {
  stateTable: names.DEPLOY_GATE_STATE_TABLE,
  canaryFunction: names.DEPLOY_GATE_CANARY_FUNCTION,
  secretParameter: names.DEPLOY_GATE_SECRET_PARAMETER,
  keySetParameter: names.DEPLOY_GATE_KEY_SET_PARAMETER,
  contractVersion: names.DEPLOY_GATE_CONTRACT_VERSION,
} satisfies Record<keyof GateSettings, string>;

/**
 * Reads the settings of the gate from its environment (see `environment.ts`).
 *
 * @throws Refusal `settings-invalid` naming every variable that is missing
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): GateSettings {
  const missing = Object.values(VARIABLES).filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Refusal(
      'settings-invalid',
      `The deploy gate lacks ${missing.join(', ')}. Deploy the Trust stack again, which sets them.`,
    );
  }
  const value = (name: string) => environment[name] ?? '';
  return {
    stateTable: value(VARIABLES.stateTable),
    canaryFunction: value(VARIABLES.canaryFunction),
    secretParameter: value(VARIABLES.secretParameter),
    keySetParameter: value(VARIABLES.keySetParameter),
    contractVersion: value(VARIABLES.contractVersion),
  };
}
