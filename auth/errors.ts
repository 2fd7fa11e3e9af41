/** Why `normalizeSecret` refused a secret. */
export type SecretErrorCode =
  | 'secret_missing'
  | 'secret_published'
  | 'secret_inner_white_space'
  | 'secret_not_printable_ascii'
  | 'secret_too_short'
  | 'secret_too_long';

/** Why a valid value is not accepted as a new signing secret. The configuration names exceptions by these codes. */
export const WEAKNESS_CODES = [
  'secret_quoted',
  'secret_json',
  'secret_assignment',
  'secret_reference',
  'secret_placeholder',
  'secret_few_characters',
  'secret_repeated',
  'secret_sequence',
] as const;

export type WeaknessCode = (typeof WEAKNESS_CODES)[number];

/** Why a key set, one of its keys, or the signing secret beside it was refused. */
export type KeySetErrorCode =
  | 'key_set_missing'
  | 'key_set_json_invalid'
  | 'key_set_shape_invalid'
  | 'key_set_size_invalid'
  | 'key_set_duplicate_key'
  | 'key_type_invalid'
  | 'key_use_invalid'
  | 'key_algorithm_invalid'
  | 'key_value_invalid'
  | 'key_secret_invalid'
  | 'key_id_invalid'
  | 'key_id_mismatch'
  | 'key_label_invalid'
  | 'signing_secret_not_in_key_set';

/** Why an enhanced token was refused, or was not minted because it would be refused. */
export type TokenErrorCode =
  | 'token_malformed'
  | 'token_too_large'
  | 'token_encoding_invalid'
  | 'token_header_invalid'
  | 'token_algorithm_not_allowed'
  | 'token_key_id_missing'
  | 'token_key_id_unknown'
  | 'token_signature_invalid'
  | 'token_payload_invalid'
  | 'token_compressed_claims'
  | 'token_claim_missing'
  | 'token_claim_invalid'
  | 'token_issuer_invalid'
  | 'token_audience_invalid'
  | 'token_type_invalid'
  | 'token_scope_mismatch'
  | 'token_lifetime_invalid'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_issued_in_future';

/** Why a role table was refused. */
export type AuthorizationErrorCode =
  | 'role_table_missing'
  | 'role_table_json_invalid'
  | 'role_table_shape_invalid'
  | 'role_name_invalid'
  | 'role_level_unknown'
  | 'role_permission_invalid'
  | 'role_bucket_invalid'
  | 'role_alias_invalid';

/** Every error code of this folder, for `switch`. */
export type AuthErrorCode = SecretErrorCode | WeaknessCode | KeySetErrorCode | TokenErrorCode | AuthorizationErrorCode;

/**
 * The only error of this folder.
 *
 * Its message is safe for a log or a response: it never contains a secret, a token or a part of one. It has no `cause`, because the
 * underlying errors may (V8 quotes the input in a `JSON.parse` error, jose attaches the claims).
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthErrorCode;

  /**
   * @param code - the stable reason, for programs
   * @param message - what is wrong and what to do, for people
   */
  constructor(code: AuthErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
