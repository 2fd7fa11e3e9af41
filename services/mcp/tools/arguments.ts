import * as z from 'zod';

/** UTF-8 bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;
const MAX_CURSOR_LENGTH = 8192;

/** Half of a surrogate pair has no bytes in UTF-8: what is written for it is another character. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Arguments that several tools take. */
export const BUCKET = z.string().min(1).max(300).describe('Bucket, as name or s3://name');

/**
 * A key with a `.` or `..` among its segments is refused: whatever normalises the URL of a request on its way would
 * make another object of it, or another bucket.
 */
export const KEY = z
  .string()
  .min(1)
  .refine((key) => Buffer.byteLength(key) <= MAX_KEY_BYTES, 'A key has at most 1,024 bytes.')
  .refine((key) => !/(?:^|\/)\.\.?(?:\/|$)/.test(key), 'A key must not have . or .. between its slashes.')
  .refine(isWellFormed, 'A key has to be well-formed Unicode.')
  .describe('Key of the object, exactly as bucket_objects_list shows it');

export const VERSION_ID = z
  .string()
  .min(1)
  .max(1024)
  .refine(isWellFormed, 'A version has to be well-formed Unicode.')
  .describe('One version of the object; without it, the current one')
  .optional();

export const CURSOR = z
  .string()
  .min(1)
  .max(MAX_CURSOR_LENGTH)
  .describe('next_cursor of the page before, with the other arguments unchanged; leave it out for the first page')
  .optional();

/** @param maximum also told to the caller */
export function limitUpTo(maximum: number, fallback = 100) {
  return z.int().min(1).max(maximum).default(fallback).describe(`Most entries on one page, up to ${maximum}`);
}

/** Part of the output of every listing. */
export const NEXT_CURSOR = z.string().optional().describe('Where the next page begins; absent on the last page');
