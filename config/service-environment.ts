import { z } from 'zod';
import * as serviceVariables from '../contract/service-variables.ts';
import { rule } from './rules.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** CloudFormation returns any other character of a template as a question mark, and then no rollback could restore it. */
const VALUE = /^[\x20-\x7e]{0,4096}$/;

/** HOST is the container's own choice. */
const { HOST: _, ...variables } = serviceVariables;

/** What the deployment itself sets, for either service: a value of your own would invalidate what its tests prove. */
const OURS: ReadonlySet<string> = new Set(Object.values(variables));

/**
 * What determines the identity and Region of a container's AWS calls. ECS sets it for the task role, which has no permissions.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
const AWS_IDENTITY =
  /^(ECS_.*|AWS_(ACCESS|SECRET|SESSION|SECURITY|CONTAINER|WEB_IDENTITY|ROLE|(DEFAULT_)?PROFILE|CONFIG_FILE|SHARED_CREDENTIALS|(DEFAULT_)?REGION|EXECUTION_ENV).*)$/i;

const NO_CERTIFICATES = 'NODE_TLS_REJECT_UNAUTHORIZED';

const SECRET_NAME = /SECRET|TOKEN|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|KEY/i;

/** Values that are no secret whatever their name: switches, numbers, ARNs, and URLs without user, password or query. */
const PLAIN_VALUE =
  /^(true|false|yes|no|on|off|enabled?|disabled?|none|\d{1,9}|arn:aws[a-z-]*:[\w:/.+=,@*-]+|https?:\/\/[^\s@?#]+)$/i;

/** Values that are secrets whatever their name: private keys, signed tokens, AWS access keys, URLs with a password. */
const SECRET_VALUE = /-----BEGIN|\beyJ[\w-]{8,}\.[\w-]+\.|\b(AKIA|ASIA)[A-Z0-9]{16}\b|:\/\/[^\s/?#]*:[^\s/?#]*@/;

/** A setting's word such as `SIGN_IN_ONLY`; too short to be a key. */
const PLAIN_WORD = /^[A-Z]{2,12}(_[A-Z]{1,12}){0,4}$/;

/** Names of values that a browser gets anyway. */
const PUBLIC_NAME = /^MIXPANEL_(PROJECT_)?TOKEN$/i;

const PLAIN_TEXT = 'A task definition shows its variables to everybody who may read it';

/**
 * Variables of a container in addition to those that the deployment sets. None can be a secret: a name that sounds like one accepts
 * only values that are not.
 */
export const serviceEnvironmentSchema = z
  .record(
    z.string(),
    z
      .string(rule('A variable is a text', 'Write its value in quotes'))
      .regex(
        VALUE,
        rule(
          'A variable is a text of at most 4096 ASCII characters on one line',
          'Write a shorter one, and encode other characters, such as é as \\u00e9 in JSON or %C3%A9 in a URL',
        ),
      ),
    rule('Variables are texts by their names', "Write { NAME: 'value' }"),
  )
  .superRefine((variables, context) => {
    for (const [name, value] of Object.entries(variables)) {
      const message = refusalOf(name, value);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .default({});

function refusalOf(name: string, value: string): string | undefined {
  if (!NAME.test(name))
    return rule('A variable has letters, digits and _ and begins with no digit', 'Correct its name');
  if (AWS_IDENTITY.test(name))
    return rule(
      'ECS sets the identity and Region of AWS calls from a container',
      'Leave it out: region and role are those of the task',
    );
  if (OURS.has(name.toUpperCase()))
    return rule(
      'The deployment sets this variable itself',
      'Leave it out; config/schema.ts has a key for what may differ',
    );
  if (name.toUpperCase() === NO_CERTIFICATES)
    return rule(
      'Certificates are verified, always',
      'Leave it out, and give the other side a certificate that is valid',
    );
  if (SECRET_VALUE.test(value))
    return rule(PLAIN_TEXT, 'Take the secret out of it, and have the container read it from where secrets are kept');
  const isPlain = PLAIN_VALUE.test(value) || PLAIN_WORD.test(value) || PUBLIC_NAME.test(name);
  if (SECRET_NAME.test(name) && !isPlain)
    return rule(
      PLAIN_TEXT,
      'Leave a secret out; under a name that sounds like one write a switch, a word in capitals, a number, an ARN or a URL without password or query',
    );
  return undefined;
}
