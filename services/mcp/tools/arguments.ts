import { hash } from 'node:crypto';
import * as z from 'zod';
import { ToolError } from '../reasons.ts';

/** UTF-8 bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;
const MAX_CURSOR_LENGTH = 8192;

/** Half of a surrogate pair has no UTF-8 encoding; it would be written as another character. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Arguments that several tools take. */
export const BUCKET = z.string().min(1).max(300).describe('Bucket, as name or s3://name');

/**
 * The key of an object. Segments `.` and `..` are refused: software that normalizes the request's URL would turn the key into that
 * of another object, or another bucket.
 */
export const KEY = z
  .string()
  .min(1)
  .refine((key) => Buffer.byteLength(key) <= MAX_KEY_BYTES, 'A key must have at most 1,024 bytes.')
  .refine((key) => !/(?:^|\/)\.\.?(?:\/|$)/.test(key), 'A key must not contain the segments . or ..')
  .refine(isWellFormed, 'A key must be well-formed Unicode.')
  .describe('Key of the object, exactly as bucket_objects_list shows it');

export const VERSION_ID = z
  .string()
  .min(1)
  .max(1024)
  .refine(isWellFormed, 'A version must be well-formed Unicode.')
  .describe('Version of the object. Defaults to the current one')
  .optional();

export const CURSOR = z
  .string()
  .min(1)
  .max(MAX_CURSOR_LENGTH)
  .describe('next_cursor of the previous page. Keep the other arguments unchanged. Omit it for the first page')
  .optional();

/** @param maximum also stated in the description */
export function limitUpTo(maximum: number, fallback = 100) {
  return z.int().min(1).max(maximum).default(fallback).describe(`Maximum number of entries per page, up to ${maximum}`);
}

/** Part of the output of every listing. */
export const NEXT_CURSOR = z.string().optional().describe('Where the next page begins; absent on the last page');

const TAG_LENGTH = 11;

/**
 * Encodes the cursor for the next page. It grants nothing: the next call is checked like the first.
 *
 * @param scope of the listing: a cursor is invalid in any other
 * @param position where the next page begins, in the listing's own form
 */
export function writeCursor(scope: readonly unknown[], position: string): string {
  return Buffer.from(tagOf(scope) + position).toString('base64url');
}

/**
 * Decodes a cursor.
 *
 * @param scope as for `writeCursor`
 * @param cursor from the caller
 * @returns the position, or `undefined` for the first page
 * @throws ToolError `argument_invalid` for a cursor of another listing
 */
export function readCursor(scope: readonly unknown[], cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(tagOf(scope))) throw cursorInvalid();
  return text.slice(TAG_LENGTH);
}

export function cursorInvalid(): ToolError {
  const message = 'The cursor belongs to another listing. Repeat the arguments of the first call, or omit the cursor.';
  return new ToolError('argument_invalid', message);
}

function tagOf(scope: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(scope), 'base64url').slice(0, TAG_LENGTH);
}
