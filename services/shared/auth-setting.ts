import { AuthError } from '../../auth/errors.ts';
import { type Setting, SettingError } from './settings.ts';

/** A variable whose rule is one of `auth`; the messages of its errors hold nothing of the value. */
export function authSetting<T>(name: string, parse: (text: string | undefined) => T | Promise<T>): Setting<T> {
  const read = async (text: string | undefined): Promise<T> => {
    try {
      return await parse(text);
    } catch (error) {
      throw error instanceof AuthError ? new SettingError(error.message) : error;
    }
  };
  return { name, read };
}
